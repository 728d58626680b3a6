import { ErrorCode, Flag, type Frame, Setting } from "./frame.ts";
import { ConnectionFailure } from "./frame-reader.ts";

/** The most entries of a SETTINGS frame, as in nghttp2. */
const MAX_SETTINGS = 32;

const CALM = 11;

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
