import type { Pair } from "proxy-wasm-host";
import { CodecError } from "./codec-error.ts";
import { type HeaderKind, readHeaderLines, rejectForbidden } from "./header-lines.ts";

type State = "size" | "extension" | "data" | "data end" | "last" | "trailers" | "done";

const [TAB, LF, CR, SPACE, SEMICOLON] = [9, 10, 13, 32, 59] as const;
const NOTHING = Buffer.alloc(0);
/** The digits of the largest size, which has 64 bits. */
const MOST_DIGITS = 16;

/** Reads a body in chunks, and the trailers behind it, by the rules of Envoy's parser (google/quiche, quiche/balsa/balsa_frame.cc). */
export class ChunkReader {
  readonly #kind: HeaderKind;
  readonly #limit: number;
  #state: State = "size";
  #size = 0;
  /** How many digits the size has, without leading zeros; undefined while there is none at all. */
  #digits: number | undefined;
  /** The byte of a chunk extension before the next one. */
  #before = 0;
  /** The line breaks at the end of the last chunk, or the trailers. */
  #end = "\n";
  trailers: readonly Pair[] | undefined;

  /**
   * @param kind of the trailers
   * @param limit the most bytes of trailers
   */
  constructor(kind: HeaderKind, limit: number) {
    this.#kind = kind;
    this.#limit = limit;
  }

  /** Whether all of the body and the trailers has been read. */
  get done(): boolean {
    return this.#state === "done";
  }

  /**
   * Reads until the bytes or the body end, but not beyond data in front of the last chunk.
   *
   * @returns how many bytes were read, and the data in them
   * @throws CodecError
   */
  read(bytes: Buffer): { readonly read: number; readonly data: Buffer } {
    const parts: Buffer[] = [];
    let at = 0;
    while (at < bytes.length && this.#state !== "done") {
      // What is wrong with the trailers does not concern the data.
      if (this.#lastBegins && parts.length > 0) break;
      if (this.#state === "data") {
        const part = bytes.subarray(at, at + Math.min(this.#size, bytes.length - at));
        parts.push(part);
        at += part.length;
        this.#size -= part.length;
        if (this.#size === 0) this.#state = "data end";
      } else if (this.#state === "trailers") {
        at = this.#readTrailers(bytes, at);
      } else {
        at = this.#readByte(bytes[at] as number, at);
      }
    }
    return { read: at, data: parts.length > 1 ? Buffer.concat(parts) : (parts[0] ?? NOTHING) };
  }

  get #lastBegins(): boolean {
    return this.#state === "extension" && this.#size === 0;
  }

  /** @returns where the next byte is */
  #readByte(byte: number, at: number): number {
    switch (this.#state) {
      case "size":
        return this.#readSize(byte, at);
      case "extension":
        if (this.#before === CR ? byte !== LF : byte === LF) throw new CodecError("an invalid chunk extension");
        this.#before = byte;
        if (byte === LF) this.#state = this.#size > 0 ? "data" : "last";
        return at + 1;
      case "data end":
        // Whatever is between the data and the end of the line is skipped.
        if (byte === LF) this.#beginSize();
        return at + 1;
      default:
        if (byte !== CR && byte !== LF) {
          this.#state = "trailers";
          this.#end = "";
          return at;
        }
        this.#end += byte === CR ? "\r" : "\n";
        if (/\n\r?\n$/.test(this.#end)) this.#state = "done";
        return at + 1;
    }
  }

  #readSize(byte: number, at: number): number {
    const digit = digitOf(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits = this.#size === 0 ? 0 : (this.#digits ?? 0) + 1;
      if (this.#digits > MOST_DIGITS) throw new CodecError("a chunk that is too large");
      return at + 1;
    }
    const ends = byte === TAB || byte === LF || byte === CR || byte === SPACE || byte === SEMICOLON;
    if (this.#digits === undefined || !ends) throw new CodecError("an invalid chunk size");
    this.#state = "extension";
    this.#before = 0;
    return at;
  }

  #beginSize(): void {
    this.#state = "size";
    this.#size = 0;
    this.#digits = undefined;
  }

  #readTrailers(bytes: Buffer, from: number): number {
    const before = this.#end.length;
    this.#end += bytes.toString("latin1", from, from + this.#limit - before + 1);
    // The end may have begun with the bytes before.
    const found = /\n\r?\n/g;
    found.lastIndex = Math.max(0, before - 2);
    const end = found.test(this.#end) ? found.lastIndex : 0;
    if (end > this.#limit || (end === 0 && this.#end.length > this.#limit)) {
      throw new CodecError(`trailers over ${this.#limit} bytes`, 431, "http1.headers_too_large");
    }
    if (end === 0) return bytes.length;
    const text = this.#end.slice(0, end);
    rejectForbidden(text);
    this.trailers = readHeaderLines(text.replace(/\r?\n$/, ""), 0, this.#kind).pairs;
    this.#state = "done";
    return from + end - before;
  }
}

function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
