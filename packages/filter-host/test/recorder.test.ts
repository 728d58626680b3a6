import type { Recording, RequestView } from "@wasm-header-filter/flight-recorder";
import { filter, on } from "proxy-wasm-host/testing";
import { afterEach, expect, test, vi } from "vitest";
import { proxy } from "../src/fixtures/proxy.ts";
import { LEAKS, LOCAL, read } from "../src/fixtures/recording.ts";
import { ask } from "../src/fixtures/sockets.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Each request gets a connection of its own: a scripted upstream answers once on each. */
const ANSWER = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";

test("a request is recorded with its calls, headers on both sides, log and metrics; secrets are nowhere", async () => {
  const { host } = await proxy(
    () => ["HTTP/1.1 200 OK\r\nset-cookie: sid=fromupstream\r\ncontent-length: 2\r\n\r\nok"],
    LEAKS,
    {
      admin: LOCAL,
      record: { redact: ["X-Key"] },
    },
  );
  await ask(
    host.url,
    "GET /a?b HTTP/1.1\r\nhost: h\r\nauthorization: Bearer topsecret\r\ncookie: a=1; token=cookiesecret\r\nx-key: key12345\r\nconnection: close\r\n\r\n",
  );
  const recording = await read<Recording>(host.adminUrl, "/api/recording");
  const text = JSON.stringify(recording);
  for (const secret of ["topsecret", "cookiesecret", "key12345", "madebyfilter", "inpairs", "fromupstream"]) {
    expect(text, secret).not.toContain(secret);
  }
  const { id } = recording.requests[0] as RequestView;
  const request = await read<RequestView>(host.adminUrl, `/api/requests/${id}`);
  expect(request).toMatchObject({
    method: "GET",
    path: "/a?b",
    status: 201,
    hostCalls: 8,
    dropped: 0,
    memoryPages: { p: 3 },
  });
  expect(request.request.before).toContainEqual(["authorization", "(masked)"]);
  expect(request.request.after).toContainEqual(["x-copy", "(masked)"]);
  expect(request.response).toMatchObject({
    after: [
      [":status", "201"],
      ["cookie", "(masked)"],
      ["x-b", "2"],
    ],
  });
  expect(request.metrics).toEqual([{ name: "seen", plugin: "p", change: "+1", value: "1" }]);
  expect(request.logs).toMatchObject([{ level: "info", plugin: "p", message: "(masked)" }]);
  const [first] = request.calls.filter(({ kind }) => kind === "call");
  expect(first).toMatchObject({
    name: "proxy_get_header_map_value",
    depth: 1,
    args: { map: "request_headers", key: "Authorization" },
    result: "OK",
    results: { value: "(masked)" },
  });
  expect(recording.background.map(({ calls }) => calls[0]?.name)).toContain("proxy_on_configure");
});

test("recording decodes and formats nothing before it is read", async () => {
  // The samples for the plots, one each second, are formatted.
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const { host } = await proxy(() => [ANSWER], LEAKS, { admin: LOCAL });
  const decode = vi.spyOn(TextDecoder.prototype, "decode");
  const stringify = vi.spyOn(JSON, "stringify");
  const entries = vi.spyOn(Object, "fromEntries");
  // The engine copies bytes with a decoder too; only the recorder's is fatal.
  const decoded = () => decode.mock.contexts.filter((one) => (one as { readonly fatal?: boolean }).fatal).length;
  const totals = () => [decoded(), stringify.mock.calls.length, entries.mock.calls.length];
  const counts = async (url: URL) => {
    const before = totals();
    for (let count = 0; count < 20; count++)
      await ask(url, "GET / HTTP/1.1\r\nhost: h\r\nx-n: \xc3\xa9\r\nconnection: close\r\n\r\n");
    return totals().map((total, at) => total - (before[at] ?? 0));
  };
  expect(await counts(host.url)).toEqual([0, 0, 0]);
  expect((await read<Recording>(host.adminUrl, "/api/recording")).requests).toHaveLength(20);
  expect(decoded()).toBeGreaterThan(0);
});

test("the buffer is bounded in requests and in bytes", async () => {
  const record = { requests: 3, bytes: 34_000 };
  const { host } = await proxy(() => [ANSWER], undefined, { admin: LOCAL, record });
  const send = (path: string) => ask(host.url, `GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`);
  for (const path of ["/1", "/2", "/3", "/4"]) await send(path);
  const kept = () => read<Recording>(host.adminUrl, "/api/recording");
  expect((await kept()).requests.map(({ path }) => path)).toEqual(["/2", "/3", "/4"]);
  await send(`/${"x".repeat(14_000)}`);
  const { ring, requests } = await kept();
  expect(requests.map(({ path }) => path.length)).toEqual([14_001]);
  expect(ring).toMatchObject({ requests: 1, maxRequests: 3, maxBytes: 34_000, forgotten: 4 });
  expect(ring.bytes).toBeLessThanOrEqual(34_000);
});

test("a trap is recorded where it happened, and later requests are complete", async () => {
  const traps = filter(on("proxy_on_request_headers", '(say "before") unreachable'));
  const { host } = await proxy(() => [ANSWER], traps, { admin: LOCAL });
  for (let count = 0; count < 2; count++) await ask(host.url, "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
  const { requests } = await read<Recording>(host.adminUrl, "/api/recording");
  const [first, second] = requests as [RequestView, RequestView];
  expect(first.calls.map(({ name, depth, trap }) => [name, depth, trap])).toEqual([
    ["proxy_on_request_headers", 0, "unreachable"],
    ["proxy_log", 1, undefined],
  ]);
  expect(first.logs.map(({ level }) => level)).toEqual(["info", "critical"]);
  expect([first.status, second.status, second.calls]).toEqual([503, 503, []]);
});

test("above the rate limit requests are only counted, except for a few that fail", async () => {
  const answers = ["200 OK", "503 Service Unavailable", "200 OK", "500 Internal Server Error"];
  const { host } = await proxy(() => [ANSWER.replace("200 OK", answers.shift() as string)], undefined, {
    admin: LOCAL,
    record: { perSecond: 1 },
  });
  vi.spyOn(performance, "now").mockReturnValue(1_000_000);
  for (let count = 0; count < 4; count++) await ask(host.url, "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
  vi.restoreAllMocks();
  const { requests, ring } = await read<Recording>(host.adminUrl, "/api/recording");
  expect(requests.map(({ status, brief = false, calls }) => [status, brief, calls.length])).toEqual([
    [200, false, 10],
    [503, true, 0],
  ]);
  expect(requests[1]).toMatchObject({ method: "GET", path: "/", logs: [] });
  expect(ring).toMatchObject({ requests: 2, passedOver: 2 });
});
