import { type LogLine, Runtime } from "proxy-wasm-host";
import { eventually, filter, on } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, scriptedUpstream } from "../fixtures/sockets.ts";
import { startedWorkers } from "../fixtures/started-workers.ts";
import type { HostOptions } from "../host-options.ts";
import { onNode } from "../platform/node-runtime.ts";
import { metricCells, sharedState } from "./shared-state.ts";
import { WorkerPool } from "./worker-pool.ts";

const CLOSES = OK.replace("content", "connection: close\r\ncontent");
const HELLO = GET.replace("host", "hello: 1\r\nhost");
const WORKERS = 3;

/** What a module defines while configuring: counters "served" and "taken", the gauge "sum", the queue "q"; it says so. */
const CONFIGURE = (more: string) => `
  (global $served (mut i32) (i32.const 0)) (global $sum (mut i32) (i32.const 0)) (global $taken (mut i32) (i32.const 0))
  (global $queue (mut i32) (i32.const 0))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    (drop (call $proxy_define_metric (i32.const 0) "served"* (i32.const 16))) (global.set $served (i32.load (i32.const 16)))
    (drop (call $proxy_define_metric (i32.const 1) "sum"* (i32.const 16))) (global.set $sum (i32.load (i32.const 16)))
    (drop (call $proxy_define_metric (i32.const 0) "taken"* (i32.const 16))) (global.set $taken (i32.load (i32.const 16)))
    ${more} (say "configured") (i32.ne (local.get 1) (i32.const 2)))`;

const COUNT = "(drop (call $proxy_increment_metric (global.get $served) (i64.const 1)))";

const statusIn = (answer: string) => /^HTTP\/1.1 (\d+)/.exec(answer)?.[1];

test("metrics, shared data and queues are those of one host, however many workers there are", async () => {
  const module = filter(`
    ${CONFIGURE('(drop (call $proxy_register_shared_queue "q"* (i32.const 16))) (global.set $queue (i32.load (i32.const 16)))')}
    ${on(
      "proxy_on_request_headers",
      `${COUNT}
       (loop $again
         (i32.store (i32.const 24) (i32.const 0)) (i32.store (i32.const 28) (i32.const 0))
         (if (i32.eqz (call $proxy_get_shared_data "sum"* (i32.const 16) (i32.const 20) (i32.const 24)))
           (then (i32.store (i32.const 28) (i32.load (i32.load (i32.const 16))))))
         (i32.store (i32.const 28) (i32.add (i32.load (i32.const 28)) (i32.const 1)))
         (br_if $again (call $proxy_set_shared_data "sum"* (i32.const 28) (i32.const 4) (i32.load (i32.const 24)))))
       (if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20)))
         (then (drop (call $proxy_record_metric (global.get $sum) (i64.extend_i32_u (i32.load (i32.const 28)))))))
       (drop (call $proxy_enqueue_shared_queue (global.get $queue) "item"*))`,
    )}
    ${on(
      "proxy_on_queue_ready",
      `(loop $again (if (i32.eqz (call $proxy_dequeue_shared_queue (global.get $queue) (i32.const 16) (i32.const 20)))
         (then (drop (call $proxy_increment_metric (global.get $taken) (i64.const 1))) (br $again))))`,
    )}`);
  const { host, said } = await proxy(() => [CLOSES], module, { workers: WORKERS });
  // A canary and a VM in the main thread, as in Envoy, and one VM in each worker.
  await eventually(() => said("filter").length === WORKERS + 2);
  // The first write has nothing to compare with.
  await ask(host.url, GET);
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask(host.url, GET)));
  expect(new Set(answers.map(statusIn))).toEqual(new Set(["200"]));
  await ask(host.url, HELLO);
  expect([host.counters().get("served"), host.counters().get("sum")].map(Number)).toEqual([62, 62]);
  await eventually(() => host.counters().get("taken") === 62n);
  expect(host.stats()).toContain("served{} 62\n");
});

test("a configuration goes to all workers, one that is refused to none", async () => {
  const module = filter(`${CONFIGURE("")} ${on("proxy_on_request_headers", COUNT)}`);
  const { host, said } = await proxy(() => [CLOSES], module, { workers: WORKERS });
  await eventually(() => said("filter").length === WORKERS + 2);
  expect(host.reconfigure("p", Buffer.from("no"))).toBe(false);
  expect(host.reconfigure("p", Buffer.from("yes"))).toBe(true);
  await eventually(() => said("filter").length === 2 * (WORKERS + 2) + 1);
  expect(said("host")).toHaveLength(1);
  expect(host.plugins).toMatchObject([{ state: "running" }]);
});

test("a callback that never returns in one worker is aborted, the others serve", async () => {
  const loops = `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20)))
    (then (loop $again (br $again))))`;
  const module = filter(on("proxy_on_request_headers", loops));
  const { host, said } = await proxy(() => [CLOSES], module, { workers: WORKERS, callbackTimeout: 500 });
  expect(statusIn(await ask(host.url, HELLO))).toBe("503");
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(host.url, GET)));
  expect(new Set(answers.map(statusIn))).toEqual(new Set(["200", "503"]));
  expect(said("host")).toEqual([
    expect.stringMatching(/^proxy_on_request_headers trapped: .* 500 ms of CPU time; every request gets 503$/),
  ]);
});

test("a worker that exits is replaced, the others continue to serve", async () => {
  const upstream = await scriptedUpstream(() => [CLOSES]);
  const log: LogLine[] = [];
  const module = filter(`${CONFIGURE("")} ${on("proxy_on_request_headers", COUNT)}`);
  const options: HostOptions = {
    plugins: [{ name: "p", module }],
    upstream: upstream.url,
    workers: 2,
    log: (line) => log.push(line),
  };
  const cells = metricCells();
  const state = sharedState(cells);
  const runtime = new Runtime(onNode(options, undefined, state));
  const started = startedWorkers();
  const pool = await WorkerPool.start(options, runtime, state, cells);
  onTestFinished(async () => {
    await pool.close();
    runtime.close();
    upstream.close();
  });
  const configured = () => log.filter(({ message }) => message === "configured").length;
  await eventually(() => configured() === 4);
  await started[0]?.terminate();
  expect(log.at(-1)?.message).toBe("worker 1 exited: terminated; a new one replaces it");
  for (let count = 0; count < 10; count++) expect(statusIn(await ask(pool.url, GET))).toBe("200");
  await eventually(() => configured() === 5);
  for (let count = 0; count < 10; count++) expect(statusIn(await ask(pool.url, GET))).toBe("200");
  expect(runtime.counters().get("served")).toBe(20n);
});

test("a port that is taken is an error before any worker starts", async () => {
  const taken = await proxy(() => [OK]);
  const listen = { host: "127.0.0.1", port: Number(taken.host.url.port) };
  await expect(proxy(() => [OK], undefined, { workers: 2, listen })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
