import {
  Archive,
  type ArchiveOptions,
  overviewOf,
  type Recording,
  type RequestView,
} from "@wasm-header-filter/flight-recorder";
import { Runtime } from "proxy-wasm-host";
import { eventually, filter, on } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { LEAKS, LOCAL, read } from "../fixtures/recording.ts";
import { ask, dial, scriptedUpstream } from "../fixtures/sockets.ts";
import { startedWorkers } from "../fixtures/started-workers.ts";
import type { HostOptions } from "../host-options.ts";
import { onNode } from "../platform/node-runtime.ts";
import { metricCells, sharedState } from "./shared-state.ts";
import { WorkerPool } from "./worker-pool.ts";

const CLOSES = OK.replace("content", "connection: close\r\nset-cookie: sid=fromupstream\r\ncontent");
const SECRETS = GET.replace("GET /", "GET /a?b").replace(
  "connection",
  "authorization: Bearer topsecret\r\nx-key: key12345\r\nconnection",
);
const WORKERS = 3;

const several = (count: number, send: () => Promise<unknown>) => Promise.all(Array.from({ length: count }, send));

test("the main thread has what each worker has recorded when it is read, without secrets", async () => {
  const { host } = await proxy(() => [CLOSES], LEAKS, {
    workers: WORKERS,
    admin: LOCAL,
    record: { redact: ["x-key"] },
  });
  await several(40, () => ask(host.url, SECRETS));
  const recording = await read<Recording>(host.adminUrl, "/api/recording");
  for (const secret of ["topsecret", "key12345", "madebyfilter", "inpairs", "fromupstream"]) {
    expect(JSON.stringify(recording), secret).not.toContain(secret);
  }
  const { requests, background, ring, plugins, redacted } = recording;
  expect(requests.map(({ id }) => id)).toEqual(requests.map(({ id }) => id).toSorted((left, right) => left - right));
  expect(new Set(requests.map(({ worker }) => worker)).size).toBeGreaterThan(1);
  expect(ring).toMatchObject({ requests: 40, passedOver: 0, forgotten: 0 });
  expect(redacted).toContain("x-key");
  expect(plugins).toMatchObject([
    { name: "p", workers: [1, 2, 3].map((worker) => ({ worker, state: "running", memoryPages: 3 })) },
  ]);
  const configured = background.filter(({ calls }) => calls[0]?.name === "proxy_on_configure");
  expect(new Set(configured.map(({ worker }) => worker))).toEqual(new Set([undefined, 1, 2, 3]));

  const request = await read<RequestView>(host.adminUrl, `/api/requests/${requests.at(-1)?.id}`);
  expect(request).toMatchObject({ method: "GET", path: "/a?b", status: 201, hostCalls: 8, memoryPages: { p: 3 } });
  expect(request.request.before).toContainEqual(["authorization", "(masked)"]);
  expect(request.request.after).toContainEqual(["x-copy", "(masked)"]);
  expect(request.response.before).toContainEqual([":status", "200"]);
  expect(request.response.after).toContainEqual([":status", "201"]);
  expect(request.logs).toMatchObject([{ level: "info", plugin: "p", message: "(masked)" }]);
  expect(request.calls.find(({ kind }) => kind === "call")).toMatchObject({
    args: { map: "request_headers", key: "Authorization" },
    result: "OK",
    results: { value: "(masked)" },
  });
  const values = requests.flatMap(({ metrics }) => metrics.map(({ name, change, value }) => [name, change, value]));
  expect(values).toHaveLength(40);
  expect(values).toContainEqual(["seen", "+1", "40"]);
});

test("a request can be replayed, whichever worker gets it", async () => {
  const { host } = await proxy(() => [CLOSES], undefined, { workers: 2, admin: LOCAL });
  await ask(host.url, GET);
  const [{ id: of } = { id: 0 }] = (await read<Recording>(host.adminUrl, "/api/recording")).requests;
  for (let count = 0; count < 5; count++) {
    const answer = await fetch(new URL("/api/replay", host.adminUrl), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ of, method: "PUT", path: "/again", headers: [] }),
    });
    const { id } = (await answer.json()) as { id: number };
    const again = await read<RequestView>(host.adminUrl, `/api/requests/${id}`);
    expect(again).toMatchObject({ method: "PUT", path: "/again", replayOf: of, status: 200 });
  }
});

test("a trapped VM is shown in the worker where it trapped", async () => {
  const traps = filter(on("proxy_on_request_headers", "unreachable"));
  const { host } = await proxy(() => [CLOSES], traps, { workers: 2, admin: LOCAL });
  await ask(host.url, GET);
  const { requests, plugins } = await read<Recording>(host.adminUrl, "/api/recording");
  expect(requests[0]?.calls[0]).toMatchObject({ name: "proxy_on_request_headers", trap: "unreachable" });
  expect(plugins[0]?.state).toBe("running");
  expect(
    plugins[0]?.workers?.map(({ worker, state }) => (worker === requests[0]?.worker) === (state === "failed")),
  ).toEqual([true, true]);
});

test("a worker that does not answer does not block the admin server", async () => {
  const loops = `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20)))
    (then (say "loops") (loop $again (br $again))))`;
  const module = filter(on("proxy_on_request_headers", loops));
  const { host, said } = await proxy(() => [CLOSES], module, { workers: 2, admin: LOCAL });
  await ask(host.url, GET);
  const look = async () => (await read<Recording>(host.adminUrl, "/api/recording")).requests;
  expect(await look()).toHaveLength(1);
  (await dial(host.url)).send(GET.replace("host", "hello: 1\r\nhost"));
  await eventually(() => said("filter").includes("loops"));
  expect(await look()).toHaveLength(1);
});

test("without recording there is no page", async () => {
  const { host } = await proxy(() => [CLOSES], undefined, { workers: 2, admin: LOCAL, record: false });
  await ask(host.url, GET);
  expect(await (await fetch(host.adminUrl as URL)).text()).toContain("Recording is off");
});

/** Workers that record into an archive. */
async function recorded(record: ArchiveOptions, freeze = false, answer = () => [CLOSES]) {
  const upstream = await scriptedUpstream(answer);
  const options: HostOptions = {
    plugins: [{ name: "p", module: filter(on("proxy_on_request_headers", '(say "here")')) }],
    upstream: upstream.url,
    workers: WORKERS,
  };
  const [cells, archive] = [metricCells(), new Archive(record)];
  // The current second lies far in the future, so that no new one begins.
  if (freeze) archive.pace.cells[0] = 2 ** 31 - 1;
  const state = sharedState(cells);
  const runtime = new Runtime(onNode(options, undefined, state));
  const started = startedWorkers();
  const pool = await WorkerPool.start(options, runtime, state, cells, archive);
  onTestFinished(async () => {
    await pool.close();
    runtime.close();
    upstream.close();
  });
  const gather = () => pool.handOver();
  return { pool, started, archive, upstream, gather, ring: () => overviewOf({ runtime, archive, gather }).ring };
}

test("limits are those of all workers together", async () => {
  const { pool, gather, ring } = await recorded({ perSecond: 7, requests: 5 }, true);
  await several(40, () => ask(pool.url, GET));
  await gather();
  expect(ring()).toMatchObject({ requests: 5, maxRequests: 5, passedOver: 33, forgotten: 2 });
});

test("above the rate limit, failed requests are recorded without their calls", async () => {
  const fails = () => [CLOSES.replace("200 OK", "503 Service Unavailable")];
  const { pool, archive, gather, ring } = await recorded({ perSecond: 3 }, true, fails);
  await several(20, () => ask(pool.url, GET));
  await gather();
  expect(ring()).toMatchObject({ requests: 6, passedOver: 14 });
  const brief = archive.requests.all().filter(({ log }) => !log.detailed);
  expect(brief.map(({ status, log }) => [status, log.calls.length])).toEqual([503, 503, 503].map((it) => [it, 0]));
});

test("a worker that exits loses only its requests in flight; a new one records in its place", async () => {
  const never = new Promise(() => {});
  const { pool, started, archive, upstream, gather } = await recorded({}, false, (request?: string) =>
    request?.startsWith("GET /slow") ? [never as never] : [CLOSES],
  );
  await several(20, () => ask(pool.url, GET));
  await gather();
  const before = archive.requests.all().map(({ id }) => id);
  expect(before).toHaveLength(20);
  const slow = await several(20, async () => (await dial(pool.url)).send(GET.replace("GET /", "GET /slow")));
  await eventually(() => upstream.received.filter((request) => request.startsWith("GET /slow")).length === slow.length);
  await started[0]?.terminate();
  // Before the event loop turns, so that no new worker can have replaced it.
  expect([...archive.pluginsByWorker.keys()].sort()).toEqual([2, 3]);
  await gather();
  expect(archive.requests.all().map(({ id }) => id)).toEqual(before);
  await several(20, () => ask(pool.url, GET));
  await gather();
  expect(archive.requests.all()).toHaveLength(40);
  await eventually(() => archive.pluginsByWorker.has(1));
});
