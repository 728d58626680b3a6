import { type ClientRequest, request as open } from "node:http";
import type { Duplex } from "node:stream";
import type { Header } from "../cases/case.ts";
import { sendHttp2 } from "./client-http2.ts";
import { collect } from "./incoming.ts";
import { AUTHORITY, bodiless, leaving, type Reply, type Scene, sizeOf, writeChunks } from "./scene.ts";
import { MAX_HEAD } from "./upstream.ts";
import { flushHead, framing, toRaw } from "./wire.ts";

/**
 * Carries out the client's part of a scene, on a connection of its own.
 *
 * @param url the proxy
 * @returns the reply; its `end` says whether the connection broke
 */
export function send(url: URL, scene: Scene): Promise<Reply> {
  return scene.request.http2 ? sendHttp2(url, scene) : sendHttp1(url, scene);
}

function sendHttp1(url: URL, scene: Scene): Promise<Reply> {
  const { method, path, headers, body, trailers } = scene.request;
  const upgrade = headers.some(([name]) => name.toLowerCase() === "upgrade");
  const host: Header[] = headers.some(([name]) => name.toLowerCase() === "host") ? [] : [["host", AUTHORITY]];
  const frame = upgrade || bodiless(scene.request) ? [] : framing(headers, body, trailers);
  const request = open(url, {
    method,
    path,
    headers: toRaw([...host, ...headers, ...frame]),
    agent: false,
    maxHeaderSize: MAX_HEAD,
    setHost: false,
  });
  const incoming = collect(scene, () => request.destroy());

  request.on("information", ({ statusCode, rawHeaders }) => incoming.interim(statusCode, rawHeaders));
  request.on("error", (error: NodeJS.ErrnoException) => incoming.finish(`broken off before the head: ${error.code}`));
  request.on("upgrade", (response, socket: Duplex, first) => {
    incoming.head(response.statusCode ?? 0, response.rawHeaders);
    if (first.length > 0) incoming.body(first);
    // Envoy waits for the client to close. Data beyond what is expected is still recorded.
    void scene.clientHas.reached(1 + sizeOf(scene.answer.body)).then(() => socket.end());
    socket.on("data", incoming.body);
    socket.on("error", () => incoming.finish("broken off after the upgrade"));
    socket.on("end", () => incoming.finish("complete"));
    for (const chunk of body) socket.write(chunk);
  });
  request.on("response", (response) => {
    incoming.head(response.statusCode ?? 0, response.rawHeaders);
    if (scene.request.abort === "head") return incoming.finish("the client hung up");
    response.on("data", incoming.body);
    response.on("error", () => incoming.finish("broken off in the body"));
    response.on("end", () => {
      incoming.trailers(response.rawTrailers);
      incoming.finish("complete");
    });
  });
  void write(scene, request, upgrade).then((end) => end && incoming.finish(end));
  return incoming.reply;
}

/** Sends the request; returns the end if the client aborts. */
async function write(scene: Scene, request: ClientRequest, upgrade: boolean): Promise<string | undefined> {
  const { body, trailers } = scene.request;
  flushHead(request);
  if (!upgrade) await writeChunks(scene, "upstream", scene.upstreamHas, body, (chunk) => request.write(chunk));
  if (trailers.length > 0) {
    request.addTrailers(trailers.map(([name, value]) => toRaw([[name, value]]) as [string, string]));
  }
  request.end();
  return leaving(scene);
}
