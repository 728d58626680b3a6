import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Recording } from "@wasm-header-filter/flight-recorder";
import { type LogLine, traceText } from "proxy-wasm-host";
import { eventually } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { LOCAL, read } from "../src/fixtures/recording.ts";
import { MADE, REVEALS } from "../src/fixtures/reveals.ts";
import { startHost } from "../src/host.ts";
import type { HostOptions } from "../src/host-options.ts";

const SENT = ["header-secret", "named-secret", "cookie-secret", "query-secret", "config-secret", "upstream-secret"];
const SECRETS = [...SENT, ...MADE];
const REDACT = ["X-Key", "query:token", "config:auth.token"];
const CONFIGURATION = '{"auth":{"token":"config-secret"},"harmless":"shown"}';
const PATH = "/a?harmless=shown&token=query-secret";
const HEADERS = {
  authorization: "Bearer header-secret",
  "x-key": "named-secret",
  cookie: "a=1; token=cookie-secret",
};

/** A host whose filter reveals each secret, and everything that it has logged and traced. */
async function revealing(options: Partial<HostOptions> = {}) {
  const upstream = createServer((req, res) => {
    req.resume().on("end", () => res.writeHead(200, { "set-cookie": "sid=upstream-secret" }).end("header-secret"));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const [log, trace]: [LogLine[], string[]] = [[], []];
  const host = await startHost({
    plugins: [{ name: "p", module: REVEALS, configuration: Buffer.from(CONFIGURATION) }],
    upstream: url,
    clusters: { peer: url },
    admin: LOCAL,
    redact: REDACT,
    log: (line) => log.push(line),
    trace: traceText((line) => trace.push(line)),
    ...options,
  });
  onTestFinished(async () => {
    await host.close();
    upstream.closeAllConnections();
    upstream.close();
  });
  const send = (headers: Record<string, string> = {}) =>
    new Promise<void>((resolve, reject) => {
      const sent = request(new URL(PATH, host.url), {
        method: "POST",
        headers: { ...HEADERS, ...headers },
        agent: false,
      });
      sent.on("error", reject).on("response", (res) => res.resume().on("close", resolve));
      sent.end("a body with header-secret and query-secret");
    });
  await send();
  await send({ local: "1" });
  const called = () => trace.some((line) => line.includes("proxy_on_http_call_response"));
  await eventually(called);
  return { host, log: () => JSON.stringify(log), trace: () => trace.join("\n"), send };
}

const found = (text: string) => SECRETS.filter((secret) => text.includes(secret));

const PAGES = [
  "/",
  "/page.js",
  "/stats",
  "/stats/prometheus",
  "/api/state",
  "/api/background",
  "/api/recording",
  "/api/recording.html",
];

test.each([
  ["with one thread", {}],
  ["with workers", { workers: 2 }],
  ["above the rate limit", { record: { perSecond: 0 } }],
] as const)(
  "%s, secrets are in no recording, no answer of the admin server, no trace and no log line",
  async (_, options) => {
    const { host, log, trace } = await revealing(options);
    const { requests } = await read<Recording>(host.adminUrl, "/api/recording");
    const kept = requests.map(({ id }) => `/api/requests/${id}`);
    if (!("record" in options)) {
      expect(requests).toHaveLength(2);
      const replayed = await fetch(new URL("/api/replay", host.adminUrl), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          of: requests[0]?.id,
          method: "POST",
          path: PATH,
          headers: Object.entries(HEADERS),
          body: "header-secret",
        }),
      });
      expect(replayed.status).toBe(200);
    }
    for (const path of [...PAGES, ...kept]) {
      const text = await (await fetch(new URL(path, host.adminUrl))).text();
      expect(found(text), path).toEqual([]);
      if (path.startsWith("/api/recording")) expect(text).toContain("harmless");
    }
    expect(found(trace()), "trace").toEqual([]);
    expect(found(log()), "log").toEqual([]);
    for (const text of [trace(), log()]) expect(text).toContain("(masked)");
  },
);

test("without a recorder, log and trace are masked as well", async () => {
  const { log, trace } = await revealing({ record: false });
  expect([found(trace()), found(log())]).toEqual([[], []]);
  expect(log()).toContain("/a?harmless=shown&token=(masked)");
});

test("a host that masks nothing shows that all of these secrets are revealed", async () => {
  const { log, trace } = await revealing({ redact: undefined, record: false });
  expect(found(log() + trace())).toEqual(SECRETS);
  for (const secret of SENT) expect(log(), secret).toContain(secret);
});

test("a replay does not send masked parameters and headers", async () => {
  const { host } = await revealing();
  const { requests } = await read<Recording>(host.adminUrl, "/api/recording");
  const [recorded] = requests;
  if (!recorded) throw new Error("nothing was recorded");
  expect(recorded.path).toBe("/a?harmless=shown&token=(masked)");
  const answer = await fetch(new URL("/api/replay", host.adminUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method: "GET", path: recorded.path, headers: recorded.request.before }),
  });
  const { id } = (await answer.json()) as { id: number };
  const { path, request: sides } = await read<Recording["requests"][number]>(host.adminUrl, `/api/requests/${id}`);
  expect(path).toBe("/a?harmless=shown");
  expect(sides.before?.map(([name]) => name)).not.toContain("authorization");
});
