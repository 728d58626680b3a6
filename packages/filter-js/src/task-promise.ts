import { type Held, type Reaction, type Scope, tasks } from "./tasks.ts";

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

type Resolve = (value?: unknown) => void;
type Executor = (resolve: Resolve, reject: Resolve) => void;
type Handler = ((value: never) => unknown) | null | undefined;

/** A reaction that waits for a promise. */
interface Waiting extends Reaction {
  settle(state: number, value: unknown): void;
}

/**
 * JavaScript's Promise, except that what waits for it runs in the scope that it was asked for in (ECMA-262, 27.2). The engines' own promises
 * can't say which stream a continuation belongs to, and settle only after a callback has returned its action.
 */
export class TaskPromise<T> implements PromiseLike<T>, Held {
  #state = PENDING;
  #value: unknown;
  #isHandled = false;
  readonly #waiting = new Set<Waiting>();
  readonly #scope = tasks.scope();

  constructor(executor: Executor) {
    if (typeof executor !== "function") throw new TypeError("a promise needs a function");
    tasks.hold(this, this.#scope);
    const [resolve, reject] = this.#functions();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  /** How many reactions wait for it. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then(onFulfilled?: Handler, onRejected?: Handler): TaskPromise<unknown> {
    let resolve: Resolve = () => {};
    let reject: Resolve = () => {};
    const derived = new (this.constructor as typeof TaskPromise)((first, second) => {
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
    return derived;
  }

  drop(reason: Error): void {
    // Only those who wait for it need to know.
    this.#isHandled = true;
    this.#settle(REJECTED, reason);
  }

  #wait(scope: Scope, isLink: boolean, take: (state: number, value: unknown) => void): void {
    const waits: Waiting = {
      scope,
      isLink,
      run() {},
      drop: () => void this.#waiting.delete(waits),
      settle(state, value) {
        waits.run = () => take(state, value);
        tasks.enqueue(waits);
      },
    };
    if (!this.#isHandled) {
      this.#isHandled = true;
      tasks.handled(this);
    }
    if (this.#state !== PENDING) {
      waits.settle(this.#state, this.#value);
    } else {
      this.#waiting.add(waits);
      tasks.hold(waits, scope);
    }
  }

  #functions(): [Resolve, Resolve] {
    let done = false;
    const once = (work: (value: unknown) => void) => (value: unknown) => {
      if (done) return;
      done = true;
      work(value);
    };
    return [once((value) => this.#resolve(value)), once((reason) => this.#settle(REJECTED, reason))];
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
    const [resolve, reject] = this.#functions();
    const isLink = value instanceof TaskPromise && then === TaskPromise.prototype.then;
    // A promise that takes over another one's result does so as long as the promise's own scope, whoever has resolved it.
    const scope = isLink ? this.#scope : tasks.scope();
    tasks.enqueue({
      scope,
      isLink,
      drop() {},
      run() {
        if (isLink) {
          value.#wait(scope, true, (state, result) => (state === FULFILLED ? resolve : reject)(result));
          return;
        }
        try {
          then.call(value, resolve, reject);
        } catch (error) {
          reject(error);
        }
      },
    });
  }

  #settle(state: number, value: unknown): void {
    if (this.#state !== PENDING) return;
    this.#state = state;
    this.#value = value;
    tasks.release(this, this.#scope);
    if (state === REJECTED && !this.#isHandled) tasks.unhandled(this, value);
    for (const waits of this.#waiting) waits.settle(state, value);
    this.#waiting.clear();
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
