import { tasks } from "./tasks.ts";
import { timersOf } from "./timers.ts";

tasks.timers = timersOf(tasks, Date.now);

function set(callback: unknown, milliseconds: unknown, repeats: boolean, given: unknown[]): number | undefined {
  if (typeof callback !== "function") throw new TypeError("a timer needs a function");
  return tasks.timers?.set(() => callback(...given), Number(milliseconds), repeats);
}

function clear(id: unknown): void {
  tasks.timers?.clear(id as number);
}

// The build evaluates this file before filters that name one of these.
Object.assign(globalThis, {
  setTimeout: (callback: unknown, milliseconds?: unknown, ...given: unknown[]) =>
    set(callback, milliseconds, false, given),
  setInterval: (callback: unknown, milliseconds?: unknown, ...given: unknown[]) =>
    set(callback, milliseconds, true, given),
  clearTimeout: clear,
  clearInterval: clear,
});
