import { type ClientHttp2Stream, connect, constants } from "node:http2";
import type { Header } from "../cases/case.ts";
import { collect } from "./incoming.ts";
import { AUTHORITY, bodiless, leaving, type Reply, type Scene, writeChunks } from "./scene.ts";
import { framing, http2Lines, toRaw } from "./wire.ts";

/**
 * Carries out the client's part of a scene over HTTP/2 with prior knowledge (RFC 9113, section 3.3), on a connection of its own.
 *
 * @param url the proxy
 * @returns the reply; its `end` says whether the stream was reset
 */
export function sendHttp2(url: URL, scene: Scene): Promise<Reply> {
  const session = connect(url);
  const stream = session.request(toRaw(headOf(scene)), {
    endStream: bodiless(scene.request),
    waitForTrailers: scene.request.trailers.length > 0,
  });
  const incoming = collect(scene, () => {
    stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy();
    session.close();
  });
  let where = "before the head";

  session.on("error", (error: NodeJS.ErrnoException) => incoming.finish(`broken off ${where}: ${error.code}`));
  stream.on("headers", (headers, _flags, raw) => incoming.interim(Number(headers[":status"]), raw));
  stream.on("response", (headers, _flags, raw) => {
    incoming.head(Number(headers[":status"]), raw);
    where = "in the body";
    if (scene.request.abort === "head") incoming.finish("the client hung up");
  });
  stream.on("data", incoming.body);
  stream.on("trailers", (_headers, _flags, raw) => incoming.trailers(raw));
  // A reset also ends the readable side.
  stream.on("end", () => stream.rstCode === constants.NGHTTP2_NO_ERROR && incoming.finish("complete"));
  // Node reports a reset as an error, and then closes the stream.
  stream.on("error", () => {});
  stream.on("close", () => incoming.finish(`broken off ${where}`));
  void write(scene, stream).then((end) => end && incoming.finish(end));
  return incoming.reply;
}

function headOf(scene: Scene): Header[] {
  const { method, path, headers, body, trailers } = scene.request;
  const lines = http2Lines([...headers, ...(bodiless(scene.request) ? [] : framing(headers, body, trailers))]);
  const pseudo: Header[] = [
    [":method", method],
    [":scheme", "http"],
    [":authority", AUTHORITY],
    [":path", path],
  ];
  return [...pseudo, ...lines];
}

/** Sends the body and trailers; returns the end if the client aborts. */
async function write(scene: Scene, stream: ClientHttp2Stream): Promise<string | undefined> {
  const { body, trailers } = scene.request;
  if (!bodiless(scene.request)) {
    stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(trailers)));
    await writeChunks(scene, "upstream", scene.upstreamHas, body, (chunk) => stream.write(chunk));
    stream.end();
  }
  return leaving(scene);
}
