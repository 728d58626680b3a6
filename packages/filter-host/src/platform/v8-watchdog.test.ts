import { filter, filters, on, REQUEST, statusOf } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { nodePlatform } from "./node-platform.ts";
import { threadClock } from "./thread-clock.ts";
import { v8Watchdog } from "./v8-watchdog.ts";

/** A CPU clock that counts on by some milliseconds each time it is read. */
function counting(step: number) {
  let now = 0;
  return { cpu: true, read: () => (now += step) };
}

test("a callback that never returns is ended and answered as a trap, the next VM serves", () => {
  const module = filter(`
    ${on(
      "proxy_on_request_headers",
      `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20)))
         (then (loop $again (br $again))))`,
    )}`);
  const { pass, host, plugin } = filters(
    module,
    { failPolicy: "reload", reloadInterval: 0 },
    { callbackTimeout: 50, platform: nodePlatform },
  );
  const stream = pass();
  expect([statusOf(stream), statusOf(pass([...REQUEST, ["hello", ""]]))]).toEqual(["200", "503"]);
  expect(plugin.error).toMatch(/^proxy_on_request_headers trapped: (used more|did not return).* 50 ms of CPU time$/);
  expect([statusOf(pass()), host().at(-1)]).toEqual(["200", "loaded again in a new VM"]);
});

test("a start that never ends is refused", () => {
  const { plugin } = filters(
    filter('(func (export "_initialize") (loop $again (br $again)))'),
    {},
    { callbackTimeout: 50, platform: nodePlatform },
  );
  expect(plugin.state).toBe("refused");
  expect(plugin.error).toContain("the module can't run: _initialize trapped: ");
});

test("a loop that calls the host ends at the call after the limit, whatever the clock on the wall says", () => {
  const module = filter(
    on(
      "proxy_on_request_headers",
      `(loop $again ${"(drop (call $proxy_get_header_map_size (i32.const 0) (i32.const 16)))"} (br $again))`,
    ),
  );
  // 1 ms of CPU time with each look; V8's own limit is an hour.
  const platform = { ...nodePlatform, watchdog: (limit: number) => v8Watchdog(limit, counting(1), () => 72_000) };
  const { pass, plugin, events } = filters(module, {}, { callbackTimeout: 10, platform });
  expect(statusOf(pass())).toBe("503");
  expect(plugin.error).toBe("proxy_on_request_headers trapped: used more than 10 ms of CPU time");
  expect(
    events.filter(({ kind, phase, name }) => kind === "call" && phase === "leave" && /size$/.test(name)).length,
  ).toBe(10);
});

test("what has used too much is stopped when it returns; what has not is not, however long it waits", () => {
  const used = (step: number) => v8Watchdog(10, counting(step), () => 72_000);
  expect(() => used(11)(() => 1)).toThrow("used more than 10 ms of CPU time");
  expect(used(10)(() => 1)).toBe(1);
});

test("a limit holds for one callback, not for those around it", () => {
  const watchdog = v8Watchdog(10, counting(3), () => 72_000);
  expect(watchdog(() => watchdog(() => 1))).toBe(1);
  expect(() => watchdog(() => [1, 2].map(() => watchdog(() => 1)))).toThrow("used more than 10 ms");
});

test("without CPU time, the time on the wall counts", () => {
  const clock = threadClock({});
  expect(clock.cpu).toBe(false);
  expect(() =>
    v8Watchdog(
      20,
      clock,
    )(() => {
      for (;;);
    }),
  ).toThrow("did not return within 20 ms");
});

test("this Node's clock counts only what this thread does", () => {
  const { read, cpu } = threadClock();
  const before = read();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  const waited = read() - before;
  while (read() - before < waited + 5);
  expect([cpu, waited < 50]).toEqual([process.threadCpuUsage !== undefined, cpu]);
});
