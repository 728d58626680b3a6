import { type ClientHttp2Stream, connect, constants } from "node:http2";
import type { RouterCase } from "./case.ts";
import type { Play } from "./upstream.ts";

/** Carries out a client's part over HTTP/2, and returns what it got: status and headers, body, and how the stream ended. */
export async function talkHttp2(
  url: URL,
  { http2, leave }: Pick<RouterCase, "http2" | "leave">,
  { asked }: Play,
): Promise<string> {
  const session = connect(url);
  session.on("error", () => {});
  const { body, ...headers } = http2 ?? {};
  const stream = session.request({ ":authority": "h", ...headers }, { endStream: body === undefined });
  let text = "";
  stream.on("response", (_, __, raw: readonly string[]) => {
    for (let at = 0; at < raw.length; at += 2) text += `${raw[at]}: ${raw[at + 1]}\r\n`;
    text += "\r\n";
    if (leave === "answered") goAway(stream, leave);
  });
  stream.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  stream.on("error", () => {});
  const closed = new Promise((resolve) => stream.once("close", resolve));
  if (body !== undefined) stream.end(body);
  if (leave === "asked" || leave === "vanish") {
    await asked;
    goAway(stream, leave);
  }
  await closed;
  session.destroy();
  return `${text}${leave ? "" : ` (${stream.rstCode})`}`;
}

function goAway(stream: ClientHttp2Stream, leave: RouterCase["leave"]): void {
  if (leave === "vanish") stream.session?.destroy();
  else stream.close(constants.NGHTTP2_CANCEL);
}
