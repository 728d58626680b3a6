import { ErrorCode, FRAME_SIZE, type Frame, FrameType, HEADER_SIZE, PREFACE } from "./frame.ts";

/** A connection that cannot go on. */
export class ConnectionFailure extends Error {
  override name = "ConnectionFailure";
  /** The code of GOAWAY; undefined: Envoy sends none. */
  readonly code: number | undefined;
  /** Of which frames the peer has caused too many, in Envoy's words. */
  readonly flood: string | undefined;

  /** @param debug the text in GOAWAY */
  constructor(code?: number, debug = "", flood?: string) {
    super(debug);
    this.code = code;
    this.flood = flood;
  }

  /** @param frames which frames, in Envoy's words */
  static flood(frames: string): ConnectionFailure {
    return new ConnectionFailure(undefined, "", frames);
  }
}

/** Splits what the peer sends into frames (RFC 9113, section 4.1), in the order of the checks of Envoy's codec. */
export class FrameReader {
  #rest: Buffer[] = [];
  #waiting = 0;
  #needed: number;
  #preface: boolean;
  #settings = false;

  /** @param peer who sends the frames: a client sends a preface before them */
  constructor(peer: "client" | "server") {
    this.#preface = peer === "client";
    this.#needed = this.#preface ? PREFACE.length : HEADER_SIZE;
  }

  /**
   * Reads a part of the connection.
   *
   * @param received called with each frame
   * @throws ConnectionFailure if a frame is too large, or the first is not SETTINGS
   */
  read(chunk: Buffer, received: (frame: Frame) => void): void {
    this.#rest.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting < this.#needed) return;
    let bytes = Buffer.concat(this.#rest);
    if (this.#preface) {
      this.#preface = false;
      bytes = bytes.subarray(PREFACE.length);
    }
    for (;;) {
      this.#needed = HEADER_SIZE;
      if (bytes.length < HEADER_SIZE) break;
      const size = bytes.readUIntBE(0, 3);
      const [type, flags] = [bytes[3] as number, bytes[4] as number];
      if (!this.#settings && (type !== FrameType.settings || (flags & 1) !== 0)) {
        throw new ConnectionFailure(ErrorCode.protocol, "SETTINGS expected");
      }
      this.#settings = true;
      if (size > FRAME_SIZE) throw new ConnectionFailure(ErrorCode.frameSize, "too large frame size");
      this.#needed = HEADER_SIZE + size;
      if (bytes.length < this.#needed) break;
      const frame = {
        type,
        flags,
        stream: bytes.readUInt32BE(5) & 0x7fffffff,
        payload: bytes.subarray(HEADER_SIZE, this.#needed),
      };
      bytes = bytes.subarray(this.#needed);
      received(frame);
    }
    this.#rest = bytes.length > 0 ? [bytes] : [];
    this.#waiting = bytes.length;
  }
}
