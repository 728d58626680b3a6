import { expect, test } from "vitest";
import { type TaskHost, Tasks } from "./tasks.ts";
import { timersOf } from "./timers.ts";

const ROOT = 1;

/** Timers of root contexts 1 and 9 on a host whose clock the test sets; context 2 is a stream of 1. */
function start() {
  const ran: string[] = [];
  const periods: string[] = [];
  const clock = { now: 1000 };
  let effective = 0;
  const tasks = new Tasks();
  const timers = timersOf(tasks, () => clock.now);
  const host: TaskHost = {
    context: () => effective,
    enter(context) {
      effective = context;
      return true;
    },
    rootOf: (context) => (context === 2 ? ROOT : context),
    setTickPeriod: (root, milliseconds) => void periods.push(`${root}: ${milliseconds}`),
    failed: (thrown) => void ran.push(String(thrown)),
  };
  tasks.timers = timers;
  tasks.connect(host);
  for (const context of [ROOT, 2, 9]) tasks.begin(context);
  const on = (context: number, work: () => void) => {
    effective = context;
    tasks.enter(context);
    work();
    tasks.run();
    tasks.leave();
  };
  const tick = (milliseconds: number, root = ROOT) => {
    clock.now += milliseconds;
    on(root, () => timers.tick(root));
  };
  const say = (text: string) => () => void ran.push(`${effective} ${text}`);
  return { tasks, timers, clock, on, tick, say, ran, periods };
}

test("a timer runs once in the context that set it, and then there is no tick", () => {
  const { timers, on, tick, say, ran, periods } = start();
  on(2, () => timers.set(say("late"), 5, false));
  tick(5);
  expect(ran).toEqual(["2 late"]);
  expect(periods).toEqual(["1: 5", "1: 0"]);
});

test("timers run in the order in which they are due, those of one time in the order in which they were set", () => {
  const { timers, on, tick, say, ran } = start();
  on(2, () => {
    for (const wait of [9, 3, 7, 3, 1, 8, 2, 3, 6]) timers.set(say(`${wait}`), wait, false);
  });
  for (let count = 0; count < 9; count++) tick(1);
  expect(ran.map((line) => line.slice(2))).toEqual(["1", "2", "3", "3", "3", "6", "7", "8", "9"]);
});

test("a tick is set for the first timer only, and again when it was too early for the next one", () => {
  const { timers, on, tick, say, ran, periods } = start();
  on(2, () => timers.set(say("first"), 10, false));
  on(2, () => timers.set(say("second"), 30, false));
  tick(10);
  tick(20);
  expect(ran).toEqual(["2 first", "2 second"]);
  expect(periods).toEqual(["1: 10", "1: 20", "1: 0"]);
});

test("a timer that is due earlier than the tick brings it forward", () => {
  const { timers, on, tick, say, ran, periods } = start();
  on(2, () => timers.set(say("slow"), 1000, false));
  on(2, () => timers.set(say("quick"), 1, false));
  tick(1);
  expect(ran).toEqual(["2 quick"]);
  expect(periods).toEqual(["1: 1000", "1: 1", "1: 999"]);
});

test("an interval uses the host's own repetition, until it is cleared", () => {
  const { timers, on, tick, ran, periods } = start();
  let count = 0;
  on(ROOT, () => {
    const id = timers.set(
      () => {
        ran.push(String(++count));
        if (count === 3) timers.clear(id);
      },
      2,
      true,
    );
  });
  for (let ticks = 0; ticks < 5; ticks++) tick(2);
  expect(ran).toEqual(["1", "2", "3"]);
  expect(periods).toEqual(["1: 2", "1: 0"]);
});

test("a timer that is cleared never runs, not even when another one of the same tick clears it", () => {
  const { timers, on, tick, say, ran, periods } = start();
  on(2, () => timers.clear(timers.set(say("none"), 5, false)));
  expect(periods).toEqual([]);
  on(2, () => {
    let other = 0;
    timers.set(() => timers.clear(other), 5, false);
    other = timers.set(say("none"), 5, false);
  });
  tick(5);
  timers.clear(12345);
  expect(ran).toEqual([]);
});

test("a tick that comes early by the clock is the one that it was set for", () => {
  const { timers, on, tick, say, ran, periods } = start();
  on(2, () => timers.set(say("due"), 10, false));
  tick(9);
  expect(ran).toEqual(["2 due"]);
  expect(periods).toEqual(["1: 10", "1: 0"]);
});

test("a clock that is set back delays nothing", () => {
  const { timers, clock, on, tick, say, ran, periods } = start();
  on(2, () => timers.set(say("before"), 10, false));
  clock.now -= 3_600_000;
  on(2, () => timers.set(say("after"), 20, false));
  tick(10);
  tick(10);
  expect(ran).toEqual(["2 before", "2 after"]);
  expect(periods).toEqual(["1: 10", "1: 0"]);
});

test("the timers of a context end with it, and so does its tick", () => {
  const { tasks, timers, on, tick, say, ran, periods } = start();
  on(2, () => timers.set(say("none"), 5, false));
  on(9, () => timers.set(say("of another plugin"), 5, false));
  on(2, () => tasks.end(2));
  tick(5);
  tick(0, 9);
  expect(ran).toEqual(["9 of another plugin"]);
  expect(periods).toEqual(["1: 5", "9: 5", "1: 0", "9: 0"]);
});

test("times that a host can't wait for are the nearest that it can", () => {
  const { timers, on, say, periods } = start();
  for (const wait of [0, -5, Number.NaN, 0.5, 1.9, 2 ** 40, Number.POSITIVE_INFINITY]) {
    on(ROOT, () => timers.clear(timers.set(say("none"), wait, false)));
    let id = 0;
    on(ROOT, () => {
      id = timers.set(say("none"), wait, false);
    });
    on(ROOT, () => timers.clear(id));
  }
  expect(periods.filter((period) => period !== "1: 0")).toEqual([
    ...Array.from({ length: 5 }, () => "1: 1"),
    "1: 2147483647",
    "1: 2147483647",
  ]);
});

test("there are no timers before there is a plugin", () => {
  const { timers } = start();
  expect(() => timers.set(() => {}, 1, false)).toThrow("a timer has to wait for onConfigure");
});
