import { type TaskHost, type Timers, tasks } from "./tasks.ts";

interface Timer {
  readonly context: number;
  readonly root: number;
  readonly period: number | undefined;
  readonly run: () => void;
  due: number;
}

/** By number, in the order in which they were set. */
const timers = new Map<number, Timer>();
/** The tick periods that the host has, by root context. */
const periods = new Map<number, number>();
let last = 0;

/** Sets the plugin's tick for the timer of it that is due first; none is set without a timer. */
function schedule(host: TaskHost, root: number): void {
  let due = Number.POSITIVE_INFINITY;
  for (const timer of timers.values()) if (timer.root === root) due = Math.min(due, timer.due);
  const period = due === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.ceil(due - Date.now()));
  if ((periods.get(root) ?? 0) === period) return;
  if (period === 0) periods.delete(root);
  else periods.set(root, period);
  host.setTickPeriod(period);
}

function set(callback: unknown, milliseconds: unknown, repeats: boolean, given: unknown[]): number {
  if (typeof callback !== "function") throw new TypeError("a timer needs a function");
  const { host } = tasks;
  const root = host.root();
  const wait = Math.max(1, Number(milliseconds) || 0);
  const period = repeats ? wait : undefined;
  timers.set(++last, { context: host.context(), root, period, run: () => callback(...given), due: Date.now() + wait });
  schedule(host, root);
  return last;
}

function clear(id: unknown): void {
  const timer = timers.get(id as number);
  if (!timer) return;
  timers.delete(id as number);
  schedule(tasks.host, timer.root);
}

tasks.timers = {
  tick(root) {
    const now = Date.now();
    // The host repeats the last period, which is not the one until the next timer.
    periods.set(root, -1);
    for (const [id, timer] of [...timers]) {
      if (timer.root !== root || timer.due > now) continue;
      if (timer.period === undefined) timers.delete(id);
      else timer.due = now + timer.period;
      tasks.enqueue({ context: timer.context, run: timer.run, drop() {} });
    }
    schedule(tasks.host, root);
  },
  end(context) {
    for (const [id, timer] of [...timers]) if (timer.context === context || timer.root === context) timers.delete(id);
  },
} satisfies Timers;

// The build evaluates this file before filters that name one of these.
Object.assign(globalThis, {
  setTimeout: (callback: unknown, milliseconds?: unknown, ...given: unknown[]) =>
    set(callback, milliseconds, false, given),
  setInterval: (callback: unknown, milliseconds?: unknown, ...given: unknown[]) =>
    set(callback, milliseconds, true, given),
  clearTimeout: clear,
  clearInterval: clear,
});
