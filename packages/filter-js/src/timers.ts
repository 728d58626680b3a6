import type { Reaction, Tasks, Timers } from "./tasks.ts";
import { type Due, TimerQueue } from "./timer-queue.ts";

/** The longest period that a host takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

interface Timer extends Reaction, Due {
  readonly root: number;
  readonly period: number | undefined;
}

/** The timers of one plugin, which share its tick. */
interface Clockwork {
  readonly queue: TimerQueue<Timer>;
  /** The tick period that the host has; 0: none. */
  period: number;
  /** When the host is going to tick. */
  next: number;
}

/**
 * Makes the timers of a VM over the ticks of its plugins. A tick is set only while a timer waits.
 *
 * @param tasks what timers run with
 * @param date milliseconds by a clock that may be set back meanwhile
 */
export function timersOf(tasks: Tasks, date: () => number): Timers {
  const timers = new Map<number, Timer>();
  const roots = new Map<number, Clockwork>();
  const changed = new Set<number>();
  let last = 0;
  let latest = 0;
  let isFresh = false;

  /** The time at which the callback that runs asked for it first, as in Node: what it sets together is due together. */
  function now(): number {
    if (!isFresh) latest = Math.max(latest, date());
    isFresh = true;
    return latest;
  }

  function clockworkOf(root: number): Clockwork {
    let clockwork = roots.get(root);
    if (!clockwork) {
      clockwork = { queue: new TimerQueue(), period: 0, next: Number.POSITIVE_INFINITY };
      roots.set(root, clockwork);
    }
    return clockwork;
  }

  function start(timer: Timer, due: number): void {
    timer.due = due;
    clockworkOf(timer.root).queue.add(timer);
    tasks.hold(timer, timer.scope);
    changed.add(timer.root);
  }

  function stop(timer: Timer): void {
    timers.delete(timer.id);
    tasks.release(timer, timer.scope);
    if (timer.at < 0) return;
    roots.get(timer.root)?.queue.remove(timer);
    changed.add(timer.root);
  }

  return {
    set(work, milliseconds, repeats, scope = tasks.scope()) {
      const root = tasks.host?.rootOf(scope.context);
      if (!root) throw new TypeError("a timer has to wait for onConfigure");
      const wait = Math.min(LONGEST, Math.max(1, Math.trunc(milliseconds) || 0));
      const id = ++last;
      const timer: Timer = {
        id,
        scope,
        root,
        period: repeats ? wait : undefined,
        due: 0,
        at: -1,
        drop: () => stop(timer),
        run() {
          // Another one that was due may have cleared it.
          if (!timers.has(id)) return;
          if (!repeats) timers.delete(id);
          work();
        },
      };
      timers.set(id, timer);
      start(timer, now() + wait);
      return id;
    },
    clear(id) {
      const timer = timers.get(id);
      if (timer) stop(timer);
    },
    tick(root) {
      const clockwork = roots.get(root);
      if (!clockwork) return;
      // The two clocks don't agree to the millisecond: what the tick was set for is due.
      latest = Math.max(now(), clockwork.next);
      const time = latest;
      for (let timer = clockwork.queue.first(); timer && timer.due <= time; timer = clockwork.queue.first()) {
        clockwork.queue.remove(timer);
        tasks.enqueue(timer);
        if (timer.period !== undefined) start(timer, time + timer.period);
      }
      clockwork.next = time + clockwork.period;
      if (clockwork.queue.first()?.due !== clockwork.next) clockwork.next = Number.POSITIVE_INFINITY;
      changed.add(root);
    },
    schedule() {
      for (const root of changed) {
        const clockwork = clockworkOf(root);
        const due = clockwork.queue.first()?.due;
        if (due === undefined ? clockwork.period === 0 : due >= clockwork.next) continue;
        clockwork.period = due === undefined ? 0 : Math.min(LONGEST, Math.max(1, Math.ceil(due - now())));
        clockwork.next = due === undefined ? Number.POSITIVE_INFINITY : latest + clockwork.period;
        tasks.host?.setTickPeriod(root, clockwork.period);
      }
      changed.clear();
      isFresh = false;
    },
    end(root) {
      roots.delete(root);
      changed.delete(root);
    },
  };
}
