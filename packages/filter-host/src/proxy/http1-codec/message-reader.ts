import type { Pair } from "proxy-wasm-host";
import { ChunkReader } from "./chunk-reader.ts";
import { CodecError } from "./codec-error.ts";
import { type HeaderKind, type HeaderLines, readHeaderLines, rejectForbidden } from "./header-lines.ts";

/** How a message's body is framed: its length in bytes, Infinity until the connection ends, or in chunks. */
export type Framing = number | "chunked";

/** Gets the parts of messages. Each method may throw a CodecError. */
export interface MessageListener {
  /** The first line of a message, without its end. */
  firstLine(line: string): FirstLine;
  /** Its headers. Returns how the body is framed. */
  head(headers: HeaderLines): Framing;
  data(bytes: Buffer): void;
  end(trailers: readonly Pair[] | undefined): void;
}

/** What a first line says about what follows it. */
interface FirstLine {
  /** The head has nothing but the first line. */
  readonly headless: boolean;
}

const TRAILERS = { request: "request-trailers", response: "response-trailers" } as const satisfies Record<
  string,
  HeaderKind
>;

/** Reads the messages of an HTTP/1 connection, one after the other, by the rules of Envoy's parser (google/quiche, quiche/balsa/balsa_frame.cc). */
export class MessageReader {
  readonly #listener: MessageListener;
  readonly #kind: "request" | "response";
  readonly #limit: number;
  #part: "head" | "length" | "chunks" = "head";
  /** The head as far as it has come. */
  #head = "";
  /** Where the head's first line ends; 0 while it is incomplete. */
  #firstEnd = 0;
  /** Where the head's line begins that is incomplete. */
  #line = 0;
  #remaining = 0;
  #chunks: ChunkReader | undefined;

  /** @param limit the most bytes of a head, and of trailers */
  constructor(kind: "request" | "response", listener: MessageListener, limit: number) {
    this.#kind = kind;
    this.#listener = listener;
    this.#limit = limit;
  }

  /** Whether a message has begun and not ended. */
  get within(): boolean {
    return this.#part !== "head" || this.#head !== "";
  }

  /**
   * Reads until the bytes or the message end; what is read of a body comes at once.
   *
   * @returns how many bytes were read
   * @throws CodecError
   */
  read(bytes: Buffer): number {
    if (this.#part === "head") {
      const at = this.#readHead(bytes);
      // A head without a body is a whole message.
      return this.#part === "head" || at === bytes.length ? at : at + this.#readBody(bytes.subarray(at));
    }
    return this.#readBody(bytes);
  }

  /**
   * The connection has ended.
   *
   * @returns whether that is the end of the message, too
   */
  finish(): boolean {
    if (this.#part !== "length" || this.#remaining !== Number.POSITIVE_INFINITY) return false;
    this.#finished(undefined);
    return true;
  }

  #readHead(bytes: Buffer): number {
    let at = 0;
    // Empty lines before a message are skipped.
    if (this.#head === "") while (bytes[at] === 10 || bytes[at] === 13) at++;
    const before = this.#head.length;
    const text = bytes.toString("latin1", at, at + this.#limit - before);
    const head = before === 0 ? text : this.#head + text;
    this.#head = head;
    for (let from = this.#line; ; from = this.#line) {
      const end = head.indexOf("\n", from) + 1;
      if (end === 0) break;
      this.#line = end;
      if (this.#firstEnd === 0) {
        this.#firstEnd = end;
        if (this.#listener.firstLine(head.slice(0, end)).headless) return this.#headDone(end, end, at - before + end);
      } else if (end - from === 1 || (end - from === 2 && head.charCodeAt(from) === 13)) {
        return this.#headDone(from, end, at - before + end);
      }
    }
    if (head.length >= this.#limit) {
      throw new CodecError(`headers over ${this.#limit} bytes`, 431, "http1.headers_too_large");
    }
    return bytes.length;
  }

  /** @returns `consumed` */
  #headDone(linesEnd: number, end: number, consumed: number): number {
    const head = this.#head;
    rejectForbidden(end === head.length ? head : head.slice(0, end));
    const framing = this.#listener.head(readHeaderLines(head.slice(0, linesEnd), this.#firstEnd, this.#kind));
    this.#reset();
    if (framing === 0) this.#listener.end(undefined);
    else if (framing === "chunked") {
      this.#part = "chunks";
      this.#chunks = new ChunkReader(TRAILERS[this.#kind], this.#limit);
    } else {
      this.#part = "length";
      this.#remaining = framing;
    }
    return consumed;
  }

  #readBody(bytes: Buffer): number {
    if (this.#part === "length") {
      const part = bytes.length > this.#remaining ? bytes.subarray(0, this.#remaining) : bytes;
      this.#remaining -= part.length;
      if (part.length > 0) this.#listener.data(part);
      if (this.#remaining === 0) this.#finished(undefined);
      return part.length;
    }
    const chunks = this.#chunks as ChunkReader;
    const { read, data } = chunks.read(bytes);
    if (data.length > 0) this.#listener.data(data);
    if (chunks.done) this.#finished(chunks.trailers);
    return read;
  }

  #finished(trailers: readonly Pair[] | undefined): void {
    this.#reset();
    this.#listener.end(trailers);
  }

  #reset(): void {
    this.#part = "head";
    this.#head = "";
    this.#firstEnd = 0;
    this.#line = 0;
    this.#chunks = undefined;
  }
}
