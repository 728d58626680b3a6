import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Step } from "./case.ts";

/**
 * Starts an upstream by HTTP/2 without TLS, whose steps are `inform STATUS`, `head STATUS`, `data`, `end`, `reset CODE`, `hang up` and `wait`.
 *
 * @param next gets each request as text, and gives its script
 */
export async function startHttp2Upstream(next: (request: string) => readonly Step[]) {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {}).once("close", () => sessions.delete(session));
  });
  server.on("stream", async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => {});
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    await Promise.race([once(stream, "end"), once(stream, "close")]).catch(() => {});
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const script = next(`${lines.join("")}\r\n${Buffer.concat(chunks).toString("latin1")}`);
    for (const step of script) run(stream, step);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function run(stream: ServerHttp2Stream, step: Step): void {
  if (stream.destroyed) return;
  const [what, value = ""] = step.split(" ");
  if (what === "head") stream.respond({ ":status": Number(value) }, { sendDate: false } as object);
  else if (what === "inform") stream.additionalHeaders({ ":status": Number(value) });
  else if (what === "data") stream.write("ok");
  else if (what === "end") stream.end();
  else if (what === "reset") stream.close(Number(value));
  else if (step === "hang up") stream.session?.destroy();
}
