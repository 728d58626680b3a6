import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Exchange, Step } from "./exchange.ts";
import { perform } from "./perform.ts";
import { Inbox, type Scene } from "./scene.ts";
import { http2Received, serveHttp2 } from "./upstream-http2.ts";

/** The upstream of one exchange on one proxy. */
export interface RawUpstream {
  readonly url: URL;
  /** What it has received, by connection. */
  received(): string[];
  close(): Promise<void>;
}

const LAST = Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlast");

/** Starts an upstream on a free port of 127.0.0.1, which answers as the exchange says. */
export async function startUpstream(exchange: Exchange, scene: Scene): Promise<RawUpstream> {
  const connections: Inbox[] = [];
  const sockets = new Set<Socket>();
  let requests = 0;
  const next = () => exchange.answers[Math.min(requests++, exchange.answers.length - 1)] ?? [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const inbox = new Inbox();
    connections.push(inbox);
    sockets.add(socket);
    socket.on("data", (chunk) => {
      inbox.add(chunk);
      scene.upstream.add(chunk);
    });
    const ended = () => inbox.end();
    socket.on("end", () => {
      ended();
      socket.end();
    });
    socket.on("error", ended);
    socket.on("close", () => {
      ended();
      sockets.delete(socket);
    });
    void (exchange.http2Upstream
      ? serveHttp2(exchange, socket, inbox, scene.client, next)
      : serve(socket, inbox, scene.client, next));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    // Whether a request that is reset at once still opens a connection depends on time.
    received: () =>
      connections
        .map((inbox) => (exchange.http2Upstream ? http2Received(inbox) : inbox.text))
        .filter((text) => text !== ""),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        scene.upstream.end();
      }),
  };
}

/** Answers each request of a connection. */
async function serve(socket: Socket, inbox: Inbox, client: Inbox, next: () => readonly Step[]): Promise<void> {
  for (let at = 0; ; ) {
    await inbox.until(() => headEnd(inbox.text, at) > 0);
    const head = headEnd(inbox.text, at);
    if (head < 0 || socket.destroyed) return;
    if (inbox.text.startsWith("GET /last ", at)) {
      socket.write(LAST);
    } else {
      const steps = next();
      // Steps that wait decide themselves when to answer.
      if (!steps.some(({ kind }) => kind === "wait")) await inbox.until(() => requestEnd(inbox.text, at) > 0);
      await perform(steps, socket, inbox, client);
    }
    await inbox.until(() => requestEnd(inbox.text, at) > 0);
    at = requestEnd(inbox.text, at);
    if (at < 0 || socket.destroyed) return;
  }
}

function headEnd(text: string, from: number): number {
  const at = text.indexOf("\r\n\r\n", from);
  return at < 0 ? -1 : at + 4;
}

/** Where a request ends that a proxy has sent; -1 if it has not come whole. */
function requestEnd(text: string, from: number): number {
  const body = headEnd(text, from);
  if (body < 0) return -1;
  const head = text.slice(from, body).toLowerCase();
  if (/\r\ntransfer-encoding: chunked\r\n/.test(head)) {
    const last = /(?<=\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n/g;
    last.lastIndex = body;
    return last.test(text) ? last.lastIndex : -1;
  }
  const length = Number(/\r\ncontent-length: (\d+)\r\n/.exec(head)?.[1] ?? 0);
  return text.length >= body + length ? body + length : -1;
}
