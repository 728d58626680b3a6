import { afterEach, expect, test } from "vitest";
import { Action } from "./filter.ts";
import { deferred, dispatch, later, ROOT, withTimers } from "./fixtures/async-streams.ts";
import { StreamType } from "./streams.ts";
import { tasks } from "./tasks.ts";

afterEach(() => {
  tasks.timers = undefined;
});

const refuse = () => {
  throw new RangeError("no");
};

test("a stream that denies is answered when its promise is rejected, and not continued", () => {
  const { promise, resolve } = deferred();
  const { on, answers, continued, host } = dispatch(() => ({
    onError: "deny",
    onRequestHeaders: () => promise.then(refuse),
    onResponseHeaders: () => later.reject("at once"),
    onTick: () => resolve(1),
  }));
  expect(on("onRequestHeaders", 2, 0, 1)).toBe(Action.Pause);
  expect(on("onRequestHeaders", 3, 0, 1)).toBe(Action.Pause);
  on("onTick", ROOT);
  expect(answers).toEqual(["2: 500 filter_js_error{onRequestHeaders}", "3: 500 filter_js_error{onRequestHeaders}"]);
  expect(host.metrics.map(({ value }) => value)).toEqual([2]);
  on("onContextCreate", 4, ROOT);
  expect(on("onResponseHeaders", 4, 0, 1)).toBe(Action.Pause);
  expect(answers[2]).toBe("4: 500 filter_js_error{onResponseHeaders}");
  expect(continued).toEqual([]);
});

test("the response to a denial is continued, though its callback fails", () => {
  const { promise, resolve } = deferred();
  const { on, answers, continued } = dispatch(() => ({
    onError: "deny",
    onRequestHeaders: refuse,
    onResponseHeaders: () => promise.then(refuse),
    onTick: () => resolve(1),
  }));
  on("onRequestHeaders", 2, 0, 1);
  on("onResponseHeaders", 2, 0, 1);
  on("onTick", ROOT);
  expect(answers).toHaveLength(1);
  expect(continued).toEqual([`2: ${StreamType.Response}`]);
});

test("a promise that nobody waits for and a timer deny the stream that has made them", () => {
  const pass = withTimers();
  const { promise, resolve } = deferred();
  const { on, answers } = dispatch(() => ({
    onError: "deny",
    onRequestHeaders() {
      promise.then(refuse);
      return Action.Continue;
    },
    onResponseHeaders() {
      tasks.timers?.set(refuse, 5, false);
      return Action.Continue;
    },
    onQueueReady: () => resolve(1),
  }));
  on("onRequestHeaders", 2, 0, 1);
  on("onResponseHeaders", 3, 0, 1);
  on("onQueueReady", ROOT, 1);
  pass(5);
  on("onTick", ROOT);
  expect(answers).toEqual(["2: 500 filter_js_error{onQueueReady}", "3: 500 filter_js_error{timer}"]);
});

test("a stream that denies is answered at its time limit", () => {
  const pass = withTimers();
  const { on, answers, continued } = dispatch(() => ({
    onError: "deny",
    waitLimit: 50,
    onRequestHeaders: () => deferred().promise.then(() => undefined),
  }));
  on("onRequestHeaders", 2, 0, 1);
  pass(50);
  on("onTick", ROOT);
  expect(answers).toEqual(["2: 500 filter_js_error{onRequestHeaders}"]);
  expect(continued).toEqual([]);
});
