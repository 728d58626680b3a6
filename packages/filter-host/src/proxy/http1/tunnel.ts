import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Contain } from "proxy-wasm-host";

/** A client's connection that asks for a protocol upgrade, such as to WebSocket. */
export class Tunnel {
  readonly #socket: Socket;
  readonly #head: Buffer;
  readonly #received: (bytes: Buffer, end: boolean) => boolean;
  readonly #contain: Contain;
  opened = false;

  /**
   * @param socket the connection, which no HTTP parser reads
   * @param head the bytes that followed the request
   * @param received gets what the client sends once the tunnel is open; returns false if the client must wait
   * @param contain wraps the listeners to the connection
   */
  constructor(socket: Socket, head: Buffer, received: (bytes: Buffer, end: boolean) => boolean, contain: Contain) {
    this.#contain = contain;
    this.#socket = socket;
    this.#head = head;
    this.#received = received;
  }

  /** Accepts the upgrade, and passes bytes both ways. */
  open(lines: readonly (readonly [name: string, value: string])[]): void {
    this.opened = true;
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    this.#socket.write(`HTTP/1.1 101 ${STATUS_CODES[101]}\r\n${head}\r\n`, "latin1");
    if (this.#head.length > 0) this.#received(this.#head, false);
    const receive = this.#contain("the tunnel's data", (chunk: Buffer) => {
      if (!this.#received(chunk, false)) this.#socket.pause();
    });
    const ended = this.#contain("the tunnel's end", () => this.#received(Buffer.alloc(0), true));
    this.#socket.on("data", receive);
    this.#socket.on("end", ended);
  }

  /** @returns false if the sender must wait until the connection drains */
  send(bytes: Buffer, end: boolean): boolean {
    const more = this.#socket.write(bytes);
    if (end) this.#socket.end();
    return more;
  }
}
