import { expect, test } from "vitest";
import { embed } from "../embedded.ts";
import { EngineError, ModuleError } from "../errors.ts";
import { filters } from "../fixtures/streams.ts";
import { filter, on } from "../fixtures/wat.ts";
import { Metrics } from "../shared/metrics.ts";

const refuses = (callback: string) =>
  filter(`(func (export "${callback}") (param i32 i32) (result i32) (i32.const 0))`);

test.each([
  ["ERR_MODULE", Buffer.from("x"), {}],
  ["ERR_MEMORY_LIMIT", filter(""), { memoryLimit: 65_536 }],
  ["ERR_START_REFUSED", refuses("proxy_on_vm_start"), {}],
  ["ERR_CONFIGURATION_REFUSED", refuses("proxy_on_configure"), {}],
  ["ERR_TRAP", filter('(func (export "_initialize") unreachable)'), {}],
] as const)("a plugin that is refused gives its reason: %s", (code, module, options) => {
  const { plugin } = filters(module, {}, options);
  expect(plugin.reason).toBeInstanceOf(EngineError);
  expect([plugin.state, plugin.reason?.code, plugin.reason?.message]).toEqual(["refused", code, plugin.error]);
});

test("a module's reason names the rule that it breaks", () => {
  const { reason } = filters(Buffer.from("x")).plugin;
  expect(reason instanceof ModuleError && reason.finding?.rule).toBe("module-format");
});

test("a plugin that runs has no reason; one that has trapped has", () => {
  const { plugin, pass } = filters(filter(on("proxy_on_request_headers", "unreachable")));
  expect([plugin.state, plugin.reason]).toEqual(["running", undefined]);
  pass();
  expect([plugin.state, plugin.reason?.code, plugin.reason?.message]).toEqual(["failed", "ERR_TRAP", plugin.error]);
});

test("a plugin without a module gives why", () => {
  const [plugin] = embed({ plugins: [{ name: "p", unavailable: "no module", requests: "deny" }] }).plugins;
  expect([plugin?.reason?.code, plugin?.reason?.message]).toEqual(["ERR_UNAVAILABLE", "no module"]);
});

test.each([
  ["ERR_UNKNOWN_PLUGIN", () => embed({ plugins: [] }).reconfigure("q", undefined)],
  ["ERR_NO_WATCHDOG", () => embed({ plugins: [], callbackTimeout: 10 })],
  ["ERR_METRICS_LIMIT", () => new Metrics(new BigUint64Array(0)).open(0, "m")],
] as const)("what is thrown has a code: %s", (code, action) => {
  expect(action).toThrow(expect.objectContaining({ code, name: expect.stringMatching(/Error$/) }));
});
