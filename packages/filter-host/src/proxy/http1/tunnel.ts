import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Contain } from "proxy-wasm-host";

/** A client's connection whose protocol is to change, such as to WebSocket. */
export class Tunnel {
  readonly #socket: Socket;
  readonly #head: Buffer;
  readonly #received: (bytes: Buffer, end: boolean) => boolean;
  readonly #contain: Contain;
  opened = false;

  /**
   * @param socket the connection, which no HTTP parser reads any more
   * @param head what came on it after the request
   * @param received gets what the client sends once the tunnel is open; returns false if it had better wait
   * @param contain makes the listeners to the connection
   */
  constructor(socket: Socket, head: Buffer, received: (bytes: Buffer, end: boolean) => boolean, contain: Contain) {
    this.#contain = contain;
    this.#socket = socket;
    this.#head = head;
    this.#received = received;
  }

  /** Agrees to the change, and lets bytes pass both ways. */
  open(lines: readonly (readonly [name: string, value: string])[]): void {
    this.opened = true;
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    this.#socket.write(`HTTP/1.1 101 ${STATUS_CODES[101]}\r\n${head}\r\n`, "latin1");
    if (this.#head.length > 0) this.#received(this.#head, false);
    const took = this.#contain("the tunnel's data", (chunk: Buffer) => {
      if (!this.#received(chunk, false)) this.#socket.pause();
    });
    const ended = this.#contain("the tunnel's end", () => this.#received(Buffer.alloc(0), true));
    this.#socket.on("data", took);
    this.#socket.on("end", ended);
  }

  /** @returns false if the sender had better wait until the connection drains */
  send(bytes: Buffer, end: boolean): boolean {
    const more = this.#socket.write(bytes);
    if (end) this.#socket.end();
    return more;
  }
}
