import type { Socket } from "node:net";
import type { Pair } from "proxy-wasm-host";
import { cork } from "./corked.ts";

/** How the body of a message is written. */
export type BodyFormat = "plain" | "chunked" | "none";

/** Writes one message at a time to a connection, with its body as it is or in chunks. */
export class MessageWriter {
  readonly #socket: Socket;
  #format: BodyFormat = "none";

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Begins a message.
   *
   * @param start the first line
   * @param format how its body is written; `none` drops it
   */
  head(start: string, lines: readonly Pair[], format: BodyFormat): void {
    this.#format = format;
    let text = `${start}\r\n`;
    for (const [name, value] of lines) text += `${name}: ${value}\r\n`;
    this.#text(`${text}\r\n`);
  }

  /** @returns false if the sender must wait until the socket drains */
  data(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (bytes.length === 0 || this.#format === "none" || !socket.writable) return true;
    if (this.#format === "plain") {
      cork(socket);
      return socket.write(bytes);
    }
    this.#text(`${bytes.length.toString(16)}\r\n`);
    socket.write(bytes);
    return this.#text("\r\n");
  }

  end(trailers: readonly Pair[] = []): void {
    if (this.#format !== "chunked") return;
    let text = "0\r\n";
    for (const [name, value] of trailers) text += `${name}: ${value}\r\n`;
    this.#text(`${text}\r\n`);
  }

  #text(text: string): boolean {
    if (!this.#socket.writable) return true;
    cork(this.#socket);
    return this.#socket.write(text, "latin1");
  }
}
