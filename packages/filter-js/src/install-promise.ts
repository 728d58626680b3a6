import { TaskPromise } from "./task-promise.ts";
import { tasks } from "./tasks.ts";

// The build evaluates this file first in filters that are asynchronous: their `async` functions are lowered to generators, whose promises are these.
globalThis.Promise = TaskPromise as unknown as PromiseConstructor;

globalThis.queueMicrotask = (callback) => {
  if (typeof callback !== "function") throw new TypeError("queueMicrotask needs a function");
  tasks.enqueue({ scope: tasks.scope(), run: () => callback(), drop() {} });
};
