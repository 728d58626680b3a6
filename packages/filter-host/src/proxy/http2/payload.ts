import { ErrorCode, Flag, type Frame, FrameType, LAST_STREAM, Setting } from "./frame.ts";
import { ConnectionFailure } from "./frame-reader.ts";

/** The most entries of a SETTINGS frame, as in nghttp2. */
const MAX_SETTINGS = 32;

const CALM = 11;

/** The sizes of payloads that have only one, in bytes. */
const SIZES: Readonly<Record<number, number>> = {
  [FrameType.priority]: 5,
  [FrameType.reset]: 4,
  [FrameType.ping]: 8,
  [FrameType.windowUpdate]: 4,
};

/**
 * Checks the size of a payload whose type of frame has only one.
 *
 * @throws ConnectionFailure if it is another
 */
export function checkSize({ type, payload }: Frame): void {
  if (payload.length !== (SIZES[type] ?? payload.length)) throw new ConnectionFailure(ErrorCode.frameSize);
}

/**
 * The payload of DATA or HEADERS without its padding (RFC 9113, section 6.1).
 *
 * @throws ConnectionFailure if the padding is too long
 */
export function unpadded({ flags, payload }: Frame, name: string): Buffer {
  if (!(flags & Flag.padded)) return payload;
  const [padding] = payload;
  if (padding === undefined || padding >= payload.length) {
    throw new ConnectionFailure(ErrorCode.protocol, `${name}: invalid padding`);
  }
  return payload.subarray(1, payload.length - padding);
}

/**
 * The part of a header block in HEADERS, without padding and priority (RFC 9113, section 6.2).
 *
 * @throws ConnectionFailure if the frame is invalid
 */
export function headerFragment(frame: Frame): Buffer {
  const { stream, flags } = frame;
  const fragment = unpadded(frame, "HEADERS");
  if (stream === 0) throw new ConnectionFailure();
  if (!(flags & Flag.priority)) return fragment;
  if (fragment.length < 5) throw new ConnectionFailure(ErrorCode.frameSize);
  if ((fragment.readUInt32BE(0) & LAST_STREAM) === stream) throw new ConnectionFailure();
  return fragment.subarray(5);
}

/**
 * Reads the payload of SETTINGS.
 *
 * @throws ConnectionFailure if its size or a value is invalid
 */
export function readSettings(payload: Buffer): [setting: number, value: number][] {
  if (payload.length % 6 !== 0) throw new ConnectionFailure(ErrorCode.frameSize);
  if (payload.length / 6 > MAX_SETTINGS) throw new ConnectionFailure(CALM, "SETTINGS: too many setting entries");
  const entries = Array.from({ length: payload.length / 6 }, (_, at): [number, number] => [
    payload.readUInt16BE(6 * at),
    payload.readUInt32BE(6 * at + 2),
  ]);
  if (!entries.every(isValid)) throw new ConnectionFailure();
  return entries;
}

function isValid([setting, value]: readonly [setting: number, value: number]): boolean {
  if (setting === Setting.enablePush || setting === Setting.enableConnectProtocol) return value <= 1;
  if (setting === Setting.initialWindowSize) return value < 2 ** 31;
  if (setting === Setting.maxFrameSize) return value >= 2 ** 14 && value < 2 ** 24;
  return true;
}
