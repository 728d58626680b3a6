import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Header } from "../cases/case.ts";
import { receive } from "./received.ts";
import { type Scene, sizeOf, writeChunks } from "./scene.ts";
import { startHttp2Server } from "./upstream-http2.ts";
import { flushHead, framing, fromRaw, toRaw } from "./wire.ts";

/** The largest head that either side accepts, in bytes: configurations of 1 MiB become headers. */
export const MAX_HEAD = 8 * 1024 * 1024;

/** A server that answers as the current scene says. */
export interface Upstream {
  readonly url: URL;
  /** The same by HTTP/2 without TLS. */
  readonly http2: URL;
  /** Sets the next scenes: each request belongs to the next one; the last scene is repeated. */
  play(...scenes: readonly Scene[]): void;
  close(): Promise<void>;
}

/** Starts an upstream on a free port of 127.0.0.1. */
export async function startUpstream(): Promise<Upstream> {
  let scenes: readonly Scene[] = [];
  const next = (): Scene | undefined => {
    const [scene, ...rest] = scenes;
    if (rest.length > 0) scenes = rest;
    return scene;
  };
  const server = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, maxHeaderSize: MAX_HEAD },
    (req, res) => {
      const scene = next();
      if (scene) void answer(scene, req, res);
    },
  );
  server.on("upgrade", (req, socket: Duplex) => {
    const scene = next();
    if (scene) void upgrade(scene, req, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const http2 = await startHttp2Server(next);
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    play: (...next) => {
      scenes = next;
    },
    http2: http2.url,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await http2.close();
    },
  };
}

const headOf = ({ method = "", url = "", rawHeaders }: IncomingMessage) => ({
  method,
  path: url,
  headers: fromRaw(rawHeaders),
});

async function answer(scene: Scene, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const entry = receive(scene, headOf(req));
  const chunks: Buffer[] = [];
  res.on("error", () => {});
  try {
    for await (const chunk of req) {
      chunks.push(chunk);
      scene.upstreamHas.add(chunk.length);
    }
  } catch {
    // The proxy hung up in the middle of the request.
  }
  entry.done(chunks, req.rawTrailers);
  await scene.held?.();
  if (scene.request.abort === "sent") return;
  if (scene.answer.reset === "head") {
    req.socket.destroy();
    return;
  }
  await respond(scene, req, res);
}

async function respond(scene: Scene, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { interim, status, headers, body, trailers, reset } = scene.answer;
  for (const { status, headers } of interim) res.socket?.write(head(status, headers), "latin1");
  const bodiless = status === 204 || status === 304;
  res.sendDate = false;
  res.writeHead(status, toRaw([...headers, ...(bodiless ? [] : framing(headers, body, trailers))]));
  flushHead(res);
  await writeChunks(scene, "client", scene.clientHas, req.method === "HEAD" ? [] : body, (chunk) => res.write(chunk));
  if (scene.request.abort === "head") return;
  if (reset === "body") {
    await scene.clientHas.reached(1 + sizeOf(scene.answer.body));
    req.socket.destroy();
    return;
  }
  if (trailers.length > 0) res.addTrailers(trailers.map(([name, value]) => toRaw([[name, value]]) as [string, string]));
  res.end();
}

async function upgrade(scene: Scene, req: IncomingMessage, socket: Duplex): Promise<void> {
  const entry = receive(scene, headOf(req));
  socket.on("error", () => {});
  if (scene.answer.status !== 101) {
    socket.end(
      head(scene.answer.status, [
        ["connection", "close"],
        ["content-length", "0"],
      ]),
      "latin1",
    );
    entry.done([], []);
    return;
  }
  socket.write(head(101, scene.answer.headers), "latin1");
  const expected = sizeOf(scene.request.body);
  const chunks: Buffer[] = [];
  const enough = () => sizeOf(chunks) >= expected;
  if (!enough()) {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      if (enough()) break;
    }
  }
  entry.done(chunks, req.rawTrailers);
  for (const chunk of scene.answer.body) socket.write(chunk);
  socket.end();
}

function head(status: number, headers: readonly Header[]): string {
  const raw = toRaw(headers);
  const lines = headers.map((_, at) => `${raw[2 * at]}: ${raw[2 * at + 1]}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
}
