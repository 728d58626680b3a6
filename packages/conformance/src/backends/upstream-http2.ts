import { constants, createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Header } from "../cases/case.ts";
import { receive } from "./received.ts";
import { type Scene, sizeOf, writeChunks } from "./scene.ts";
import { framing, fromRaw, http2Lines, toRaw } from "./wire.ts";

/** The part of an upstream that speaks HTTP/2. */
export interface Http2Server {
  readonly url: URL;
  close(): Promise<void>;
}

/**
 * Starts a server of HTTP/2 without TLS on a free port of 127.0.0.1.
 *
 * @param next the scene that a request belongs to
 */
export async function startHttp2Server(next: () => Scene | undefined): Promise<Http2Server> {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, _headers, _flags, raw) => {
    const scene = next();
    if (scene) void answer(scene, stream, fromRaw(raw));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

async function answer(scene: Scene, stream: ServerHttp2Stream, head: readonly Header[]): Promise<void> {
  const pseudo = (name: string) => head.find(([other]) => other === name)?.[1] ?? "";
  const headers = head.filter(([name]) => name !== ":method" && name !== ":path");
  const entry = receive(scene, { method: pseudo(":method"), path: pseudo(":path"), headers });
  const chunks: Buffer[] = [];
  let trailers: readonly string[] = [];
  // The reset is handled when the stream closes.
  stream.on("error", () => {});
  stream.on("trailers", (_headers, _flags, raw) => {
    trailers = raw;
  });
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    scene.upstreamHas.add(chunk.length);
  });
  await new Promise<void>((resolve) => void stream.on("end", resolve).on("close", resolve));
  entry.done(chunks, trailers);
  if (stream.closed || scene.request.abort === "sent") return;
  if (scene.answer.reset === "head") return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  await respond(scene, stream);
}

async function respond(scene: Scene, stream: ServerHttp2Stream): Promise<void> {
  const { interim, status, headers, body, trailers, reset } = scene.answer;
  for (const { status, headers } of interim) {
    stream.additionalHeaders({ ":status": status, ...Object.fromEntries(headers) });
  }
  const bodiless = status === 204 || status === 304;
  const lines = http2Lines([...headers, ...(bodiless ? [] : framing(headers, body, trailers))]);
  stream.respond(toRaw([[":status", String(status)], ...lines]), { waitForTrailers: trailers.length > 0 });
  stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(trailers)));
  const chunks = scene.request.method === "HEAD" ? [] : body;
  await writeChunks(scene, "client", scene.clientHas, chunks, (chunk) => stream.write(chunk));
  if (scene.request.abort === "head") return;
  if (reset === "body") {
    await scene.clientHas.reached(1 + sizeOf(chunks));
    return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
  stream.end();
}
