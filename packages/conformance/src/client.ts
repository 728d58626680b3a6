import { type ClientRequest, type IncomingMessage, request as open } from "node:http";
import type { Duplex } from "node:stream";
import type { Header } from "./case.ts";
import { type Exchange, type Scene, sizeOf, writeChunks } from "./scene.ts";
import { MAX_HEAD } from "./upstream.ts";
import { flushHead, framing, fromRaw, toRaw } from "./wire.ts";

/** How long nothing may come in ms: many times what a busy machine needs. */
const PATIENCE = 15_000;

type Draft = { -readonly [K in keyof Exchange]: Exchange[K] };

/**
 * Plays the client of a scene, on a connection of its own.
 *
 * @param url the proxy
 * @returns what came back; a broken connection is an answer too, told by its `end`
 */
export function send(url: URL, scene: Scene): Promise<Exchange> {
  const { method, path, headers, body, trailers } = scene.request;
  const upgrade = headers.some(([name]) => name.toLowerCase() === "upgrade");
  const host: Header[] = headers.some(([name]) => name.toLowerCase() === "host") ? [] : [["host", "httpbin:8000"]];
  const frame = upgrade || (body.length === 0 && trailers.length === 0) ? [] : framing(headers, body, trailers);
  const draft: Draft = { headers: [], trailers: [], interim: [], body: Buffer.of(), end: "no answer" };
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const request = open(url, {
      method,
      path,
      headers: toRaw([...host, ...headers, ...frame]),
      agent: false,
      maxHeaderSize: MAX_HEAD,
      setHost: false,
    });
    const finish = (end: string) => {
      clearTimeout(patience);
      request.destroy();
      resolve({ ...draft, body: Buffer.concat(chunks), end });
    };
    const patience = setTimeout(() => finish(`nothing more came for ${PATIENCE / 1000} s`), PATIENCE);
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      scene.clientHas.add(chunk.length);
      patience.refresh();
    };
    const takeHead = (response: IncomingMessage) => {
      draft.status = response.statusCode ?? 0;
      draft.headers = fromRaw(response.rawHeaders);
      scene.clientHas.add(1);
    };

    request.on("information", ({ statusCode, rawHeaders }) => {
      draft.interim = [...draft.interim, { status: statusCode, headers: fromRaw(rawHeaders) }];
    });
    request.on("error", (error: NodeJS.ErrnoException) => finish(`broken off before the head: ${error.code}`));
    request.on("upgrade", (response, socket: Duplex, first) => {
      takeHead(response);
      if (first.length > 0) take(first);
      // Hanging up once all is there is what an Envoy waits for; more would still be noticed.
      void scene.clientHas.reached(1 + sizeOf(scene.answer.body)).then(() => socket.end());
      socket.on("data", take);
      socket.on("error", () => finish("broken off after the upgrade"));
      socket.on("end", () => finish("complete"));
      for (const chunk of body) socket.write(chunk);
    });
    request.on("response", (response) => {
      takeHead(response);
      if (scene.request.abort === "head") return finish("the client hung up");
      response.on("data", take);
      response.on("error", () => finish("broken off in the body"));
      response.on("end", () => {
        draft.trailers = fromRaw(response.rawTrailers);
        finish("complete");
      });
    });
    void write(scene, request, upgrade).then((end) => end && finish(end));
  });
}

/** Sends the request; gives the end if that is it. */
async function write(scene: Scene, request: ClientRequest, upgrade: boolean): Promise<string | undefined> {
  const { body, trailers, abort } = scene.request;
  flushHead(request);
  if (!upgrade) await writeChunks(scene, "upstream", scene.upstreamHas, body, (chunk) => request.write(chunk));
  if (trailers.length > 0) {
    request.addTrailers(trailers.map(([name, value]) => toRaw([[name, value]]) as [string, string]));
  }
  request.end();
  if (abort !== "sent") return undefined;
  const there = await scene.upstreamHas.reached(1);
  return there ? "the client hung up" : "the upstream never got the request";
}
