import { expect, test } from "vitest";
import { embed } from "../embedded.ts";
import { filters, REQUEST, RESPONSE, statusOf } from "../fixtures/streams.ts";
import { filter, on } from "../fixtures/wat.ts";
import type { LogLine } from "../vm/log-line.ts";

const CONFIGURE = '(func (export "proxy_on_configure") (param i32 i32) (result i32)';

test("a canary is tried first, then the VM that serves; a stream's callbacks come in Envoy's order", () => {
  const { runtime, events, pass } = filters(
    filter(`
      ${on("proxy_on_context_create", "")}
      (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 1))
      ${CONFIGURE} (i32.const 1))
      ${["request_headers", "request_body", "response_headers", "response_body"].map((name) => on(`proxy_on_${name}`, "")).join("")}
      ${["log", "delete"].map((name) => on(`proxy_on_${name}`, "")).join("")}
      ${on("proxy_on_done", "", "(i32.const 1)")}`),
  );
  const started = ["proxy_on_context_create", "proxy_on_vm_start", "proxy_on_configure"];
  const entered = () =>
    events.splice(0).flatMap(({ phase, name, args }) => (phase === "enter" ? [[name, args.context]] : []));
  expect(entered()).toEqual([...started, ...started].map((name) => [name, 1]));
  pass();
  expect(entered()).toEqual(
    ["context_create", "request_headers", "response_headers", "log", "done", "delete"].map((name) => [
      `proxy_on_${name}`,
      2,
    ]),
  );
  runtime.close();
  expect(entered()).toEqual([
    ["proxy_on_done", 1],
    ["proxy_on_delete", 1],
  ]);
});

test.each([
  ["_initialize traps", '(func (export "_initialize") unreachable)', "_initialize trapped: unreachable"],
  [
    "_start calls what is not allowed yet",
    '(func (export "_start") (drop (call $proxy_done)))',
    "proxy_done is not allowed while the module starts",
  ],
  ["the start function traps", "(func $s unreachable) (start $s)", "unreachable"],
  [
    "vm_start refuses",
    '(func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 0))',
    "refused to start: proxy_on_vm_start returned false",
  ],
  [
    "configure refuses",
    `${CONFIGURE} (say "no good") (i32.const 0))`,
    "refused its configuration: proxy_on_configure returned false",
  ],
  ["configure traps", `${CONFIGURE} unreachable)`, "proxy_on_configure trapped: unreachable"],
] as const)("refused with one line, and 500 for every request, open or not: %s", (_, code, reason) => {
  const { plugin, host, pass } = filters(filter(code), { failPolicy: "open" });
  expect([plugin.state, host().length]).toEqual(["refused", 1]);
  expect(plugin.error).toContain(reason);
  expect(host()[0]).toMatch(/; every request gets 500 until this is fixed$/);
  const stream = pass();
  expect([statusOf(stream), stream.atUpstream]).toEqual(["500", undefined]);
});

const TRAPS_ON_HELLO = filter(
  on(
    "proxy_on_request_headers",
    '(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20))) (then unreachable))',
  ),
);

test.each([
  ["close", "503", "every request gets 503"],
  ["open", "200", "later requests pass without it"],
  ["reload", "503", "requests get 503 until it is loaded again"],
] as const)("after a trap (policy %s) that request gets 503, the next %s", (failPolicy, later, then) => {
  const { plugin, host, pass } = filters(TRAPS_ON_HELLO, { failPolicy, reloadInterval: 3_600_000 });
  expect(statusOf(pass())).toBe("200");
  expect(statusOf(pass([...REQUEST, ["hello", ""]]))).toBe("503");
  expect([plugin.state, statusOf(pass())]).toEqual(["failed", later]);
  expect(host()).toEqual([`proxy_on_request_headers trapped: unreachable; ${then}`]);
});

test("after the back-off a fresh VM serves; one that refuses to start is no better than the old", () => {
  // A request traps, one with "hello" leaves word that the next VM is to refuse its configuration.
  const module = filter(`
    ${CONFIGURE} (drop (call $proxy_get_shared_data "off"* (i32.const 16) (i32.const 20) (i32.const 24)))
      (say "configured") (i32.eqz (i32.load (i32.const 20))))
    ${on(
      "proxy_on_request_headers",
      `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20)))
         (then (drop (call $proxy_set_shared_data "off"* "1"* (i32.const 0))))) unreachable`,
    )}`);
  const { plugin, host, lines, forget, pass } = filters(module, { failPolicy: "reload", reloadInterval: 0 });
  forget();
  expect(statusOf(pass())).toBe("503");
  expect([statusOf(pass([...REQUEST, ["hello", ""]])), lines().length]).toEqual(["503", 1]);
  expect([statusOf(pass()), plugin.state, lines().length]).toEqual(["503", "failed", 2]);
  const trapped = "proxy_on_request_headers trapped: unreachable; requests get 503 until it is loaded again";
  expect(host()).toEqual([trapped, "loaded again in a new VM", trapped, expect.stringContaining("refused its config")]);
});

test("endless recursion and an endless log are survived", () => {
  const recursion = filters(
    filter(
      `(func $again (result i32) (i32.add (call $again) (i32.const 1))) ${on("proxy_on_request_headers", "(drop (call $again))")}`,
    ),
  );
  expect(statusOf(recursion.pass())).toBe("503");
  const shout = filters(
    filter(on("proxy_on_request_headers", "(drop (call $proxy_log (i32.const 2) (i32.const 0) (i32.const 196608)))")),
  );
  expect([statusOf(shout.pass()), shout.lines()[0]?.length]).toEqual(["200", 196608]);
});

test("reconfiguring takes a new root in the same VM; a refusal keeps the last good one; old streams keep theirs", () => {
  // Refuses an empty configuration; a stream logs its root's id.
  const module = filter(`
    (global $root (mut i32) (i32.const 0))
    (func (export "proxy_on_context_create") (param i32 i32) (global.set $root (local.get 1)))
    ${CONFIGURE} (i32.ne (local.get 1) (i32.const 0)))
    ${on("proxy_on_done", "", "(i32.const 1)")}
    ${on("proxy_on_delete", "")}`);
  const { runtime, events, plugin, host } = filters(module, { configuration: Buffer.from("1") });
  const roots = () =>
    events
      .splice(0)
      .flatMap(({ phase, name, args }) => (phase === "enter" && name === "proxy_on_delete" ? [args.context] : []));
  const old = runtime.openStream();
  old.request({ headers: REQUEST });
  expect(runtime.reconfigure("p", new Uint8Array())).toBe(false);
  expect([plugin.state, host().at(-1)]).toEqual([
    "running",
    "the module refused its configuration: proxy_on_configure returned false; the last good configuration stays",
  ]);
  expect(runtime.reconfigure("p", Buffer.from("22"))).toBe(true);
  expect(roots()).toEqual([]);
  old.end();
  expect(roots()).toEqual([2, 1]);
  runtime.close();
  expect(roots()).toEqual([3]);
  expect(() => runtime.reconfigure("q", undefined)).toThrow("no plugin named q");
});

test("a root that is not done yet ends when it says so", async () => {
  const module = filter(`
    ${CONFIGURE} (drop (call $proxy_set_tick_period_milliseconds (i32.const 5))) (i32.const 1))
    ${on("proxy_on_done", "", "(i32.const 0)")} ${on("proxy_on_delete", '(say "deleted")')}
    ${on("proxy_on_tick", '(if (i32.eqz (call $proxy_done)) (then (say "done")))')}`);
  const { runtime, lines } = filters(module, { configuration: Buffer.from("1") });
  runtime.reconfigure("p", Buffer.from("2"));
  const keep = setTimeout(() => {}, 5_000);
  while (!lines().includes("deleted")) await new Promise((resolve) => setTimeout(resolve, 5));
  clearTimeout(keep);
  expect(lines()).toEqual(["done", "deleted"]);
  runtime.close();
});

test("plugins of one module, VM id and VM configuration share a VM, others do not", () => {
  const log: LogLine[] = [];
  const module = filter(
    `(global $seen (mut i32) (i32.const 0)) ${on("proxy_on_request_headers", '(if (global.get $seen) (then (say "seen"))) (global.set $seen (i32.const 1))')}`,
  );
  const run = (...vmIds: string[]) => {
    log.length = 0;
    const runtime = embed({
      plugins: vmIds.map((vmId) => ({ name: vmId, module, vmId })),
      log: (line) => log.push(line),
    });
    const stream = runtime.openStream();
    stream.request({ headers: REQUEST });
    stream.respond({ headers: RESPONSE });
    stream.end();
    return log.map(({ message }) => message);
  };
  expect([run("a", "a"), run("a", "b")]).toEqual([["seen"], []]);
});

test("a filter of the chain that can't be loaded answers, those before it see request and answer", () => {
  const good = filter(
    `${on("proxy_on_request_headers", '(say "request")')} ${on("proxy_on_response_headers", '(say "response")')}`,
  );
  const log: LogLine[] = [];
  const runtime = embed({
    plugins: [
      { name: "good", module: good },
      { name: "bad", module: Buffer.from("x") },
    ],
    log: (line) => log.push(line),
  });
  const stream = runtime.openStream();
  stream.request({ headers: REQUEST });
  stream.end();
  expect([statusOf(stream), log.map(({ source, message }) => (source === "host" ? "refused" : message))]).toEqual([
    "500",
    ["refused", "request", "response"],
  ]);
});
