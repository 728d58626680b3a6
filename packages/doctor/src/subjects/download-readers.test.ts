import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hexOf, isModule } from "@wasm-header-filter/oci";
import { verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { DOWNLOADS, type DownloadCase, LIMIT } from "../fixtures/downloads.ts";
import { download } from "./download.ts";

/** What Istio's agent, or this project, makes of a download. */
interface Verdict {
  /** 16 digits of the module's digest. */
  readonly module?: string;
  readonly error?: string;
  /** How often the server was asked. */
  readonly requests: number;
}

/** Longer than an answer takes on a busy machine, in milliseconds. */
const LONG = 60_000;

const INPUTS = Object.entries(DOWNLOADS).map(([name, { answers, ...rest }]) => ({
  name,
  input: {
    limit: LIMIT,
    timeout: LONG,
    attempts: 5,
    ...rest,
    answers: Object.fromEntries(
      Object.entries(answers).map(([path, answer]) => [
        path,
        { ...answer, bytes: Buffer.from(answer.bytes).toString("base64") },
      ]),
    ),
  },
}));

/** What is different here, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  "a module longer than the limit":
    "Istio cuts it at the limit and gives Envoy a part of a module, which Envoy refuses; here the download fails and says why",
  "two equal lengths": "Node's HTTP parser refuses them, and has no option for it; no server sends them",
};

async function ours({ user = "", checksum, timeout = LONG, attempts = 5, answers }: DownloadCase): Promise<Verdict> {
  let requests = 0;
  const server = createServer((request, { socket }) => {
    requests++;
    const answer = answers[request.url ?? ""];
    const { authorization } = request.headers;
    if (requests <= (answer?.busy ?? 0)) socket?.end("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");
    else if (answer?.authorization && authorization !== answer.authorization)
      socket?.end("HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n");
    else {
      const text = Buffer.from(answer?.bytes ?? []).toString("latin1");
      socket?.write(Buffer.from(text.replaceAll("HOST", host), "latin1"));
      if (!answer?.hang) socket?.end();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const downloaded = await download(`http://${user}${host}/`, {
      timeout,
      attempts,
      limit: LIMIT,
      wait: async () => {},
    });
    if (downloaded.failure !== undefined) return { error: downloaded.failure, requests };
    const { module, digest } = downloaded;
    const wanted = checksum === undefined || checksum === hexOf(digest);
    if (!wanted) return { error: "another checksum", requests };
    if (!isModule(module)) return { error: "invalid", requests };
    return { module: hexOf(digest).slice(0, 16), requests };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a module is downloaded as Istio's agent does", async () => {
  const said = await verdicts<Verdict>("download", INPUTS, new URL("download.record.json", import.meta.url));
  expect(said.size).toBeGreaterThanOrEqual(100);
  const different: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(DOWNLOADS)) {
    const [here, there] = [await ours(one), said.get(name)];
    const same = here.module === there?.module && here.requests === there?.requests;
    if (!same) different[name] = { here, there };
  }
  expect(Object.keys(different).sort(), JSON.stringify(different, undefined, 1)).toEqual(Object.keys(KNOWN).sort());
});
