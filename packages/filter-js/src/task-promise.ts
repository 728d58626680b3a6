import { type Held, type Reaction, type Scope, tasks } from "./tasks.ts";

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

type Resolve = (value?: unknown) => void;
type Executor = (resolve: Resolve, reject: Resolve) => void;
type Handler = ((value: never) => unknown) | null | undefined;

/** The executor of promises that this file settles. */
const NOBODY: Executor = () => {};

/** Takes how a promise was settled. */
type Take = (state: number, value: unknown) => void;

/** Gives up what waits for a promise. */
let abandon: (promise: TaskPromise<unknown>, waits: Waiting) => void;

/** A reaction that waits for a promise: a class, because an engine makes its functions once. */
class Waiting implements Reaction {
  readonly scope: Scope;
  readonly isLink: boolean;
  readonly #promise: TaskPromise<unknown>;
  readonly #take: Take;
  #state = PENDING;
  #value: unknown;

  constructor(promise: TaskPromise<unknown>, scope: Scope, isLink: boolean, take: Take) {
    this.#promise = promise;
    this.scope = scope;
    this.isLink = isLink;
    this.#take = take;
  }

  settle(state: number, value: unknown): void {
    this.#state = state;
    this.#value = value;
    tasks.enqueue(this);
  }

  run(): void {
    this.#take(this.#state, this.#value);
  }

  drop(): void {
    abandon(this.#promise, this);
  }
}

/**
 * JavaScript's Promise, except that what waits for it runs in the scope that it was asked for in (ECMA-262, 27.2). The engines' own promises
 * can't say which stream a continuation belongs to, and settle only after a callback has returned its action.
 */
export class TaskPromise<T> implements PromiseLike<T>, Held {
  #state = PENDING;
  #value: unknown;
  #isHandled = false;
  /** What waits for it: one alone, or several. */
  #waiting: Waiting | Set<Waiting> | undefined;
  readonly #scope = tasks.scope();

  constructor(executor: Executor) {
    if (typeof executor !== "function") throw new TypeError("a promise needs a function");
    tasks.hold(this, this.#scope);
    if (executor === NOBODY) return;
    let isDone = false;
    const reject: Resolve = (reason) => {
      if (isDone) return;
      isDone = true;
      this.#settle(REJECTED, reason);
    };
    try {
      executor((value) => {
        if (isDone) return;
        isDone = true;
        this.#resolve(value);
      }, reject);
    } catch (error) {
      reject(error);
    }
  }

  /** How many reactions wait for it. */
  get waiting(): number {
    return this.#waiting instanceof Set ? this.#waiting.size : Number(this.#waiting !== undefined);
  }

  static {
    abandon = (promise, waits) => {
      if (promise.#waiting instanceof Set) promise.#waiting.delete(waits);
      else if (promise.#waiting === waits) promise.#waiting = undefined;
    };
  }

  /**
   * Waits for a promise without making another one.
   *
   * @param fulfilled is called at once if the promise is fulfilled already
   */
  static follow(promise: PromiseLike<unknown>, fulfilled: (value: unknown) => void, rejected: Resolve): void {
    if (!(promise instanceof TaskPromise)) {
      promise.then(fulfilled, rejected);
    } else if (promise.#state === FULFILLED) {
      fulfilled(promise.#value);
    } else {
      promise.#wait(tasks.scope(), false, (state, value) => (state === FULFILLED ? fulfilled : rejected)(value));
    }
  }

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then(onFulfilled?: Handler, onRejected?: Handler): TaskPromise<unknown> {
    if (this.constructor !== TaskPromise) return this.#thenOther(onFulfilled, onRejected);
    const derived = new TaskPromise(NOBODY);
    this.#wait(tasks.scope(), false, (state, value) => {
      const handler = (state === FULFILLED ? onFulfilled : onRejected) as ((value: unknown) => unknown) | undefined;
      if (typeof handler !== "function") {
        if (state === FULFILLED) derived.#resolve(value);
        else derived.#settle(REJECTED, value);
        return;
      }
      try {
        derived.#resolve(handler(value));
      } catch (error) {
        derived.#settle(REJECTED, error);
      }
    });
    return derived;
  }

  /** The same with a promise of a class that is derived from this one. */
  #thenOther(onFulfilled?: Handler, onRejected?: Handler): TaskPromise<unknown> {
    let resolve: Resolve = () => {};
    let reject: Resolve = () => {};
    const promise = new (this.constructor as typeof TaskPromise)((first, second) => {
      resolve = first;
      reject = second;
    });
    this.#wait(tasks.scope(), false, (state, value) => {
      const handler = (state === FULFILLED ? onFulfilled : onRejected) as ((value: unknown) => unknown) | undefined;
      if (typeof handler !== "function") {
        (state === FULFILLED ? resolve : reject)(value);
        return;
      }
      try {
        resolve(handler(value));
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  drop(reason: Error): void {
    // Only those who wait for it need to know.
    this.#isHandled = true;
    this.#settle(REJECTED, reason);
  }

  #wait(scope: Scope, isLink: boolean, take: Take): void {
    const waits = new Waiting(this, scope, isLink, take);
    if (!this.#isHandled) {
      this.#isHandled = true;
      if (this.#state === REJECTED) tasks.handled(this);
    }
    if (this.#state !== PENDING) {
      waits.settle(this.#state, this.#value);
      return;
    }
    if (this.#waiting === undefined) this.#waiting = waits;
    else if (this.#waiting instanceof Set) this.#waiting.add(waits);
    else this.#waiting = new Set([this.#waiting, waits]);
    tasks.hold(waits, scope);
  }

  #resolve(value: unknown): void {
    if (value === this) {
      this.#settle(REJECTED, new TypeError("a promise can't be resolved with itself"));
      return;
    }
    if ((typeof value !== "object" && typeof value !== "function") || value === null) {
      this.#settle(FULFILLED, value);
      return;
    }
    let then: unknown;
    try {
      then = (value as { then?: unknown }).then;
    } catch (error) {
      this.#settle(REJECTED, error);
      return;
    }
    if (typeof then !== "function") {
      this.#settle(FULFILLED, value);
      return;
    }
    if (value instanceof TaskPromise && then === TaskPromise.prototype.then) {
      // A promise that takes over another one's result does so as long as the promise's own scope, whoever has resolved it.
      const scope = this.#scope;
      const run = () => value.#wait(scope, true, (state, result) => this.#settle(state, result));
      tasks.enqueue({ scope, isLink: true, drop() {}, run });
      return;
    }
    const run = () => {
      let isDone = false;
      const once = (work: (value: unknown) => void) => (result: unknown) => {
        if (isDone) return;
        isDone = true;
        work(result);
      };
      const reject = once((reason) => this.#settle(REJECTED, reason));
      try {
        then.call(
          value,
          once((result) => this.#resolve(result)),
          reject,
        );
      } catch (error) {
        reject(error);
      }
    };
    tasks.enqueue({ scope: tasks.scope(), drop() {}, run });
  }

  #settle(state: number, value: unknown): void {
    if (this.#state !== PENDING) return;
    this.#state = state;
    this.#value = value;
    tasks.release(this, this.#scope);
    if (state === REJECTED && !this.#isHandled) tasks.unhandled(this, value, this.#scope);
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    if (waiting instanceof Set) for (const waits of waiting) waits.settle(state, value);
    else waiting.settle(state, value);
  }
}

// What the language's own functions do with any class like this one.
const own = TaskPromise as unknown as Record<string, unknown>;
const native = Promise as unknown as Record<string, unknown>;
for (const name of ["all", "allSettled", "any", "race", "reject", "try", "withResolvers"]) {
  if (native[name]) Object.defineProperty(own, name, { value: native[name], writable: true, configurable: true });
}
for (const name of ["catch", "finally"] as const) {
  Object.defineProperty(TaskPromise.prototype, name, {
    value: Promise.prototype[name],
    writable: true,
    configurable: true,
  });
}
Object.defineProperty(TaskPromise, "resolve", {
  value: function resolve(this: typeof TaskPromise, value?: unknown): TaskPromise<unknown> {
    if (value instanceof TaskPromise && value.constructor === this) return value;
    return new this((settle) => settle(value));
  },
  writable: true,
  configurable: true,
});
Object.defineProperty(TaskPromise, Symbol.species, {
  get(this: unknown) {
    return this;
  },
  configurable: true,
});
