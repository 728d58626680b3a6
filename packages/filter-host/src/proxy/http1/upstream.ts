import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { containing, HeaderMap } from "proxy-wasm-host";
import { hostOf, portOf } from "../../net/connect.ts";
import { MAX_HEADERS } from "../request.ts";
import { requestHead } from "../request-head.ts";
import type { UpstreamEnd, UpstreamEvents, UpstreamOptions } from "../upstream-end.ts";
import { failureReply, ProtocolError } from "../upstream-failure.ts";
import { flushHead, rawPairs, sendable, upgradeLines, writeHead } from "../wire.ts";

/** Larger than the headers of any real response. */
const MAX_HEADER_BYTES = 256 * 1024;

/** Methods whose requests need no `content-length: 0`. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "TRACE", "CONNECT"]);

const NOTHING = Buffer.alloc(0);

/** The upstream's end of an exchange: sends the request as Envoy's router does (envoyproxy/envoy, source/common/router/router.cc). */
export class Upstream implements UpstreamEnd {
  readonly #options: UpstreamOptions;
  readonly #events: UpstreamEvents;
  #out: ClientRequest | undefined;
  #answer: IncomingMessage | undefined;
  /** Whether the request asks for a protocol upgrade. */
  #upgrade = false;
  /** The connection after a protocol upgrade. */
  #socket: Socket | undefined;
  /** How many bytes the connection had received before this request. */
  #received = 0;
  #closed = false;
  readonly #contain = containing((event, error) => {
    this.close();
    this.#events.broken(event, error);
  });

  constructor(options: UpstreamOptions, events: UpstreamEvents) {
    this.#options = options;
    this.#events = events;
  }

  headers(headers: HeaderMap, end: boolean): void {
    const head = requestHead(headers);
    if ("status" in head) {
      this.#events.failed(head);
      return;
    }
    const { method, path, authority, lines } = head;
    const upgrade = headers.get("upgrade");
    if (upgrade) lines.push(...upgradeLines(upgrade));
    else if (!headers.has("content-length")) {
      if (!end) lines.push(["transfer-encoding", "chunked"]);
      else if (!BODILESS.has(method)) lines.push(["content-length", "0"]);
    }
    if (authority !== undefined) lines.unshift(["host", authority]);
    this.#upgrade = upgrade !== undefined;
    this.#send(method, path, lines, end);
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (!this.#out || this.#closed) return true;
    if (this.#socket) {
      const more = this.#socket.write(bytes);
      if (end) this.#socket.end();
      return more;
    }
    const accepted = bytes.length === 0 || this.#out.write(bytes);
    if (end) this.#out.end();
    return accepted;
  }

  trailers(trailers: HeaderMap): void {
    if (!this.#out || this.#closed) return;
    this.#out.addTrailers(sendable(trailers, () => {}));
    this.#out.end();
  }

  resume(): void {
    (this.#socket ?? this.#answer)?.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#socket) this.#socket.destroy();
    else if (!this.#answer?.complete) this.#out?.destroy();
  }

  #send(method: string, path: string, lines: readonly [name: string, value: string][], end: boolean): void {
    const { agent, upstream } = this.#options;
    try {
      this.#out = writeHead(lines, (headers) =>
        request({
          agent,
          host: hostOf(upstream),
          port: portOf(upstream),
          method,
          path,
          headers,
          setHost: false,
          setDefaultHeaders: false,
          maxHeaderSize: MAX_HEADER_BYTES,
        }),
      );
    } catch (error) {
      // Node rejects a method or path that Envoy's codec would reject.
      this.#fail(new ProtocolError("the request could not be sent", { cause: error }));
      return;
    }
    const out = this.#out;
    this.#listen(out, method);
    out.maxHeadersCount = 0;
    if (this.#upgrade || end) out.end();
    else flushHead(out);
  }

  #listen(out: ClientRequest, method: string): void {
    const contain = this.#contain;
    const failed = contain("the upstream's error", (error: Error) =>
      this.#fail(this.#begun ? new ProtocolError("the connection ended within the response", { cause: error }) : error),
    );
    const assigned = contain("the upstream's connection", (socket: Socket) => {
      this.#received = socket.bytesRead;
      const connected = contain("the upstream's connection", () =>
        this.#events.connected?.({ address: socket.localAddress ?? "", port: socket.localPort ?? 0 }),
      );
      if (socket.connecting) socket.once("connect", connected);
      else connected();
    });
    const responded = contain("the response's head", (answer: IncomingMessage) => this.#respond(answer, method));
    const switched = contain("the upstream's upgrade", (answer: IncomingMessage, socket: Socket, head: Buffer) => {
      if (this.#upgrade) this.#switch(answer, socket, head, method);
      else {
        socket.destroy();
        this.#fail(new ProtocolError("101 without an upgrade request"));
      }
    });
    const tunnelled = contain("the upstream's tunnel", (_: IncomingMessage, socket: Socket) => {
      socket.destroy();
      this.#fail(new ProtocolError("a filter has changed the request to CONNECT"));
    });
    const drained = contain("the upstream's draining", () => this.#events.unblocked());
    const informed = contain("an interim response", () => this.#events.informed?.());
    out
      .on("error", failed)
      .on("information", informed)
      .on("socket", assigned)
      .on("response", responded)
      .on("upgrade", switched)
      .on("connect", tunnelled)
      .on("drain", drained);
  }

  /** Whether a part of the response has arrived. */
  get #begun(): boolean {
    return this.#answer !== undefined || (this.#out?.socket?.bytesRead ?? 0) > this.#received;
  }

  #respond(answer: IncomingMessage, method: string): void {
    if (this.#closed) return;
    if (answer.rawHeaders.length / 2 > MAX_HEADERS) {
      this.#fail(new ProtocolError(`more than ${MAX_HEADERS} headers`));
      return;
    }
    this.#answer = answer;
    const status = answer.statusCode ?? 0;
    const headers = new HeaderMap("response", [[":status", String(status)], ...rawPairs(answer.rawHeaders)]);
    headers.remove("keep-alive");
    const empty = answer.headers["transfer-encoding"] === undefined && answer.headers["content-length"] === "0";
    const end = method === "HEAD" || status === 204 || status === 304 || empty;
    if (this.#socket) {
      this.#events.headers(headers, false);
      return;
    }
    const failed = this.#contain("the response's error", (error: Error) =>
      this.#fail(new ProtocolError("the connection ended within the response", { cause: error })),
    );
    const received = this.#contain("the response's data", (chunk: Buffer) => {
      if (!this.#closed && !this.#events.data(chunk, false)) answer.pause();
    });
    const ended = this.#contain("the response's end", () => {
      if (this.#closed || end) return;
      if (answer.rawTrailers.length > 0) {
        this.#events.trailers(new HeaderMap("response-trailers", rawPairs(answer.rawTrailers)));
      } else {
        this.#events.data(NOTHING, true);
      }
    });
    answer.on("error", failed).on("data", received).on("end", ended);
    this.#events.headers(headers, end);
  }

  /** The upstream accepts the upgrade: the connection carries raw bytes after this. */
  #switch(answer: IncomingMessage, socket: Socket, head: Buffer, method: string): void {
    if (this.#closed) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    const failed = this.#contain("the upstream's error", (error: Error) => this.#fail(error));
    const drained = this.#contain("the upstream's draining", () => this.#events.unblocked());
    socket.on("error", failed).on("drain", drained);
    this.#respond(answer, method);
    if (head.length > 0) this.#events.data(head, false);
    const received = this.#contain("the tunnel's data", (chunk: Buffer) => {
      if (!this.#events.data(chunk, false)) socket.pause();
    });
    const ended = this.#contain("the tunnel's end", () => this.#events.data(NOTHING, true));
    socket.on("data", received).on("end", ended);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.close();
    this.#events.failed(failureReply(error), error);
  }
}
