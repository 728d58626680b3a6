import { afterEach, expect, test } from "vitest";
import { Action } from "./filter.ts";
import { deferred, dispatch, later, ROOT, withTimers } from "./fixtures/async-streams.ts";
import { respond } from "./messages.ts";
import { currentContext, StreamType, setTickPeriod } from "./streams.ts";
import type { TaskPromise } from "./task-promise.ts";
import { tasks } from "./tasks.ts";

const REQUEST = { method: "GET", path: "/", authority: "a" };

afterEach(() => {
  tasks.timers = undefined;
});

test("a stream is paused until its callback's promise is fulfilled, then it goes on", () => {
  const { promise, resolve } = deferred();
  const { on, continued } = dispatch(() => ({
    onRequestHeaders: () => promise.then(() => undefined),
    onTick: () => resolve(1),
  }));
  expect(on("onRequestHeaders", 2, 0, 1)).toBe(Action.Pause);
  expect(on("onRequestHeaders", 3, 0, 1)).toBe(Action.Pause);
  on("onTick", ROOT);
  expect(continued).toEqual([`2: ${StreamType.Request}`, `3: ${StreamType.Request}`]);
});

test("a promise that is settled when the callback returns doesn't pause the stream", () => {
  const { on, continued } = dispatch(() => ({
    onRequestHeaders: () => later.resolve().then(() => Action.Continue),
    onResponseHeaders: () => later.resolve(Action.Pause),
  }));
  expect(on("onRequestHeaders", 2, 0, 1)).toBe(Action.Continue);
  expect(on("onResponseHeaders", 2, 0, 1)).toBe(Action.Pause);
  expect(continued).toEqual([]);
});

test("a stream that the filter has answered, or that it wants paused, is not continued", () => {
  const { promise, resolve } = deferred();
  const { on, continued } = dispatch((host) => ({
    onRequestHeaders: () => promise.then(() => void respond(host, { status: 401 })),
    onResponseHeaders: () => promise.then(() => Action.Pause),
    onTick: () => resolve(1),
  }));
  on("onRequestHeaders", 2, 0, 1);
  on("onResponseHeaders", 3, 0, 1);
  on("onTick", ROOT);
  expect(continued).toEqual([]);
});

test("the response to an answer of the filter is continued like another one", () => {
  const { promise, resolve } = deferred();
  const { on, continued } = dispatch((host) => ({
    onRequestHeaders: () => later.resolve().then(() => void respond(host, { status: 401 })),
    onResponseHeaders: () => promise.then(() => undefined),
    onTick: () => resolve(1),
  }));
  expect(on("onRequestHeaders", 2, 0, 1)).toBe(Action.Pause);
  expect(on("onResponseHeaders", 2, 0, 1)).toBe(Action.Pause);
  on("onTick", ROOT);
  expect(continued).toEqual([`2: ${StreamType.Response}`]);
});

test("an exception is logged, and the stream goes on", () => {
  const { promise, resolve } = deferred();
  const { on, continued, host } = dispatch(() => ({
    onRequestHeaders: () =>
      promise.then(() => {
        throw new RangeError("no");
      }),
    onTick: () => resolve(1),
  }));
  on("onRequestHeaders", 2, 0, 1);
  on("onTick", ROOT);
  expect(host.logged.map(({ message }) => message.split("\n")[0])).toEqual(["onRequestHeaders: RangeError: no"]);
  expect(continued).toEqual([`2: ${StreamType.Request}`]);
});

test("a rejection that nobody handles is logged once", () => {
  const { on, host } = dispatch(() => ({
    onTick() {
      later.reject("nobody");
      later.reject("somebody").catch(() => {});
    },
  }));
  on("onTick", ROOT);
  expect(host.logged.map(({ message }) => message)).toEqual(["onTick: nobody"]);
});

test("body callbacks while an earlier one waits keep the stream paused, and it goes on once", () => {
  const waits = [deferred(), deferred()];
  let calls = 0;
  const { on, continued } = dispatch(() => ({
    onRequestBody: () => waits[calls++]?.promise.then(() => undefined) ?? Action.Continue,
    onTick: () => waits[0]?.resolve(1),
    onQueueReady: () => waits[1]?.resolve(1),
  }));
  expect([0, 0, 1].map((end) => on("onRequestBody", 2, 10, end))).toEqual([Action.Pause, Action.Pause, Action.Pause]);
  on("onTick", ROOT);
  expect(continued).toEqual([]);
  on("onQueueReady", ROOT, 1);
  expect(continued).toEqual([`2: ${StreamType.Request}`]);
});

test("streams that wait for one shared promise go on as themselves, without those that have ended", () => {
  let shared: Promise<unknown> | undefined;
  const seen: string[] = [];
  const { on, continued, callers } = dispatch((host) => ({
    onRequestHeaders() {
      shared ??= host.onPlugin(() => host.httpCall("keys", REQUEST));
      const context = currentContext(host);
      return shared.then(
        (answer) => void seen.push(`${context} in ${currentContext(host)}: ${JSON.stringify(answer)}`),
      );
    },
  }));
  on("onContextCreate", 4, ROOT);
  for (const stream of [2, 3, 4]) on("onRequestHeaders", stream, 0, 1);
  on("onDelete", 2);
  on("onHttpCallResponse", ROOT, 1, 0, 0, 0);
  expect(callers).toEqual([ROOT]);
  expect(seen).toEqual(['3 in 3: {"failure":"NO_ANSWER"}', '4 in 4: {"failure":"NO_ANSWER"}']);
  expect(continued).toEqual(["3: 0", "4: 0"]);
});

test("a promise of a stream that has ended is rejected for the others that wait for it", () => {
  let shared: Promise<unknown> | undefined;
  const { on, host, continued } = dispatch((given) => ({
    onRequestHeaders() {
      shared ??= given.httpCall("keys", REQUEST);
      return shared.then(() => undefined);
    },
  }));
  on("onRequestHeaders", 2, 0, 1);
  on("onRequestHeaders", 3, 0, 1);
  on("onDelete", 2);
  expect(host.logged.map(({ message }) => message.split("\n")[0])).toEqual([
    "onRequestHeaders: StreamEnded: the stream that should have settled this promise has ended",
  ]);
  expect(continued).toEqual(["3: 0"]);
});

test("a promise that takes too long is given up: its stream goes on, and no other one", () => {
  const pass = withTimers();
  const { promise, resolve } = deferred();
  const late: string[] = [];
  const { on, host, continued, periods } = dispatch((given) => ({
    waitLimit: 50,
    onRequestHeaders: () => promise.then(() => void late.push(`${currentContext(given)}`)),
    onQueueReady: () => resolve(1),
  }));
  expect(on("onRequestHeaders", 2, 0, 1)).toBe(Action.Pause);
  pass(20);
  expect(on("onRequestHeaders", 3, 0, 1)).toBe(Action.Pause);
  pass(30);
  on("onTick", ROOT);
  expect(continued).toEqual(["2: 0"]);
  expect(host.logged.map(({ message }) => message)).toEqual([
    "onRequestHeaders: TimeLimitPassed: the callback still waits after 50 ms",
  ]);
  on("onQueueReady", ROOT, 1);
  expect(late).toEqual(["3"]);
  expect(continued).toEqual(["2: 0", "3: 0"]);
  expect(periods).toEqual([`${ROOT}: 50`, `${ROOT}: 20`, `${ROOT}: 0`]);
});

test("a time limit costs no call if the callback has nothing to wait for, and ends with its stream", () => {
  withTimers();
  let promise = later.resolve(1);
  const { on, periods } = dispatch(() => ({ waitLimit: 50, onRequestHeaders: () => promise.then(() => undefined) }));
  expect(on("onRequestHeaders", 2, 0, 1)).toBe(Action.Continue);
  expect(periods).toEqual([]);
  promise = deferred().promise;
  on("onRequestHeaders", 3, 0, 1);
  on("onDelete", 3);
  expect(periods).toEqual([`${ROOT}: 50`, `${ROOT}: 0`]);
});

test.each([-1, 0.5, 2 ** 31, Number.NaN])("%s is no time limit", (waitLimit) => {
  expect(() => dispatch(() => ({ waitLimit }))).toThrow("waitLimit: expected milliseconds, a whole number from 0 to");
});

test("onTick has its period beside timers", () => {
  const pass = withTimers();
  const seen: string[] = [];
  const { on } = dispatch((host) => ({
    onQueueReady() {
      setTickPeriod(host, 10);
      tasks.timers?.set(() => void seen.push("timer"), 15, false);
    },
    onForeignFunction: () => void setTickPeriod(host, 0),
    onTick: () => void seen.push("tick"),
  }));
  on("onQueueReady", ROOT, 1);
  for (const milliseconds of [10, 5, 5]) {
    pass(milliseconds);
    on("onTick", ROOT);
  }
  on("onForeignFunction", ROOT, 1, 0);
  pass(10);
  on("onTick", ROOT);
  expect(seen).toEqual(["tick", "timer", "tick"]);
});

test("a promise that passes on a shared one that is never settled is forgotten with its stream", () => {
  const { promise } = deferred();
  const { on } = dispatch(() => ({
    onRequestHeaders: () => new later((resolve) => resolve(promise)).then(() => undefined) as Promise<undefined>,
  }));
  const before = tasks.size;
  for (let stream = 10; stream < 1000; stream++) {
    on("onContextCreate", stream, ROOT);
    on("onRequestHeaders", stream, 0, 1);
    on("onDelete", stream);
  }
  expect(tasks.size).toBe(before);
  expect((promise as unknown as TaskPromise<number>).waiting).toBe(0);
});

test("onConfigure can't be async", () => {
  const { on, host } = dispatch(() => ({ onConfigure: () => later.resolve({}) }));
  expect(on("onConfigure", ROOT, 0)).toBe(0);
  expect(host.logged.at(-1)?.message).toMatch(/^onConfigure: TypeError: it can't be async/);
});
