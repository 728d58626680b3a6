/** Types of frames (RFC 9113, section 6). */
export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames; ACK is END_STREAM's bit. */
export const Flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** Error codes (RFC 9113, section 7). */
export const ErrorCode = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
} as const;

/** Identifiers of settings (RFC 9113, section 6.5.2; RFC 8441). */
export const Setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  enableConnectProtocol: 8,
} as const;

/** The size of a frame's header in bytes. */
export const HEADER_SIZE = 9;

/** The smallest `SETTINGS_MAX_FRAME_SIZE`, which is also the default, in bytes. */
export const FRAME_SIZE = 16_384;

/** The default flow-control window in bytes (RFC 9113, section 6.9.2). */
export const DEFAULT_WINDOW = 65_535;

/** The highest number of a stream, and the mask of numbers of 31 bits. */
export const LAST_STREAM = 2 ** 31 - 1;

/** The start of a client's connection (RFC 9113, section 3.4). */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A frame that has been received. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The bytes of a frame. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = EMPTY): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_SIZE + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}

/** Numbers of four bytes. */
export function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * at);
  return bytes;
}

/** The payload of SETTINGS. */
export function settings(values: readonly (readonly [setting: number, value: number])[]): Buffer {
  return Buffer.concat(values.map(([setting, value]) => Buffer.concat([Buffer.of(0, setting), words(value)])));
}

const EMPTY = Buffer.alloc(0);
