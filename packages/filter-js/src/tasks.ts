/** What waits for a promise: it runs on the context that asked for it, and not at all once that context has ended. */
export interface Reaction {
  readonly context: number;
  run(): void;
  /** Takes it from the promise that it waits for, because its context has ended. */
  drop(): void;
}

/** A promise that is settled by code of the context that made it. */
export interface Owned {
  /** Rejects it, because that context has ended. */
  abandon(): void;
}

/** The context of reactions that belong to no stream and no plugin, such as those between two promises. */
export const NO_CONTEXT = 0;

/** What belongs to one context, until it ends. */
interface Belongings {
  readonly waiting: Set<Reaction>;
  readonly pending: Set<Owned>;
}

/** What the tasks need of the host. */
export interface TaskHost {
  /** The context that the filter acts on. */
  context(): number;
  /** Makes it the one that the filter acts on. @returns false if there is no such context any more */
  enter(context: number): boolean;
  /** Has the plugin of the current context called after so many milliseconds; 0: not any more. */
  setTickPeriod(milliseconds: number): void;
  /** The root context of the current context's plugin. */
  root(): number;
  /** Takes what a task threw, or a promise was rejected with that nobody handles. */
  failed(thrown: unknown): void;
}

/** The timers of a VM, in filters that use some. */
export interface Timers {
  /** The tick period of a plugin has passed. */
  tick(root: number): void;
  /** Drops the timers of a context that has ended. */
  end(context: number): void;
}

/** The tasks of a VM: what promises run when they are settled, in order, each on the context that asked for it. */
class Tasks {
  #host: TaskHost | undefined;
  timers: Timers | undefined;
  readonly #contexts = new Map<number, Belongings>();
  #due: Reaction[] = [];
  /** The context of the task that runs; undefined outside of tasks. */
  #running: number | undefined;
  readonly #rejected = new Map<Owned, unknown>();

  connect(host: TaskHost): void {
    this.#host = host;
  }

  get host(): TaskHost {
    if (!this.#host) throw new TypeError("a timer has to wait for onConfigure");
    return this.#host;
  }

  /** The context that asks for what is asked for now. */
  context(): number {
    if (this.#running === NO_CONTEXT) return NO_CONTEXT;
    return this.#host?.context() ?? NO_CONTEXT;
  }

  begin(context: number): void {
    this.#contexts.set(context, { waiting: new Set(), pending: new Set() });
  }

  /** Drops what waits on a context, and rejects the promises that it has not settled: other streams may wait for them. */
  end(context: number): void {
    const ended = this.#contexts.get(context);
    if (!ended) return;
    this.#contexts.delete(context);
    this.timers?.end(context);
    for (const reaction of ended.waiting) reaction.drop();
    for (const promise of ended.pending) promise.abandon();
  }

  /** Runs a reaction after the code that runs now. */
  enqueue(reaction: Reaction): void {
    this.#contexts.get(reaction.context)?.waiting.delete(reaction);
    this.#due.push(reaction);
  }

  /** Has a reaction dropped with its context, until it is due. */
  wait(reaction: Reaction): void {
    this.#contexts.get(reaction.context)?.waiting.add(reaction);
  }

  /** Has a promise rejected when its context ends. @returns the context */
  own(promise: Owned): number {
    const context = this.context();
    this.#contexts.get(context)?.pending.add(promise);
    return context;
  }

  settled(promise: Owned, context: number): void {
    this.#contexts.get(context)?.pending.delete(promise);
  }

  /** A promise was rejected that nobody handles yet; reported by {@link run}. */
  unhandled(promise: Owned, reason: unknown): void {
    this.#rejected.set(promise, reason);
  }

  handled(promise: Owned): void {
    this.#rejected.delete(promise);
  }

  /** Runs what is due, and what becomes due meanwhile. */
  run(): void {
    while (this.#due.length > 0 || this.#rejected.size > 0) {
      // Not shift(), which moves all that follow.
      const due = this.#due;
      this.#due = [];
      for (const reaction of due) this.#runOne(reaction);
      if (this.#due.length === 0) this.#report();
    }
  }

  #runOne(reaction: Reaction): void {
    const { context } = reaction;
    const host = this.#host;
    if (context !== NO_CONTEXT) {
      if (!this.#contexts.has(context)) return;
      if (host && host.context() !== context && !host.enter(context)) return;
    }
    this.#running = context;
    try {
      reaction.run();
    } catch (error) {
      host?.failed(error);
    } finally {
      this.#running = undefined;
    }
  }

  #report(): void {
    const reasons = [...this.#rejected.values()];
    this.#rejected.clear();
    for (const reason of reasons) this.#host?.failed(reason);
  }
}

/** Those of this VM. */
export const tasks = new Tasks();
