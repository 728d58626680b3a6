/** What ends with the scope that it belongs to. */
export interface Held {
  /** Its scope has ended: what waits is given up, and a promise is rejected, because others may wait for it. */
  drop(reason: Error): void;
}

/** A run of a callback, and of what it waits for. It ends with its context, or before it at a time limit. */
export class Scope {
  readonly context: number;
  isEnded = false;
  /** What waits in it, and the promises that its code has made and not settled. */
  held: Set<Held> | undefined;

  constructor(context: number) {
    this.context = context;
  }
}

/** What waits for a promise or for a time: it runs in the scope that asked for it, and not at all once that has ended. */
export interface Reaction extends Held {
  readonly scope: Scope;
  /** Whether it only passes a result on, so that it doesn't matter which context the filter acts on. */
  readonly isLink?: boolean;
  run(): void;
}

/** What the tasks need of the host. */
export interface TaskHost {
  /** The context that the filter acts on. */
  context(): number;
  /** Makes it the one that the filter acts on. @returns false if there is no such context any more */
  enter(context: number): boolean;
  /** The root context of the plugin of a context; the context itself if it is one. */
  rootOf(context: number): number;
  /** Has a plugin called after so many milliseconds, again and again; 0: not any more. */
  setTickPeriod(root: number, milliseconds: number): void;
  /** Takes what a task threw, or a promise was rejected with that nobody handles. @param scope the task's, or the promise's */
  failed(thrown: unknown, scope: Scope): void;
}

/** The timers of a VM, in filters that use some. */
export interface Timers {
  /**
   * Runs something after so many milliseconds, at least one.
   *
   * @param repeats whether it runs again and again
   * @param scope what it runs in; by default what has asked for it
   * @returns its number, for `clear`: from 1 on
   */
  set(work: () => void, milliseconds: number, repeats: boolean, scope?: Scope): number;
  clear(timer: number): void;
  /** The tick period of a plugin has passed. */
  tick(root: number): void;
  /** Sets the ticks that are needed after what has run. */
  schedule(): void;
  /** Forgets the tick of a root context that has ended. */
  end(root: number): void;
}

/** Why a promise is rejected whose stream has ended before it was settled. */
class StreamEnded extends Error {
  override name = "StreamEnded";
  override stack = "";
  constructor() {
    super("the stream that should have settled this promise has ended");
  }
}

/** The scopes of a context that hold anything, and the one of code that no callback began. */
interface Belongings {
  readonly scopes: Set<Scope>;
  own?: Scope;
}

/** Has no context: for what a filter does before there is one. */
const NOWHERE = new Scope(0);

/** The tasks of a VM: what promises run when they are settled, in order, each in the scope that asked for it. */
export class Tasks {
  timers: Timers | undefined;
  #host: TaskHost | undefined;
  /** What belongs to each context; undefined as long as that is nothing. */
  readonly #contexts = new Map<number, Belongings | undefined>();
  #due: Reaction[] = [];
  /** The scope of the callback or task that runs; undefined until somebody asks for it. */
  #running: Scope | undefined = NOWHERE;
  /** The context of the callback that runs. */
  #serving = 0;
  readonly #rejected = new Map<Held, { readonly reason: unknown; readonly scope: Scope }>();

  connect(host: TaskHost): void {
    this.#host = host;
  }

  get host(): TaskHost | undefined {
    return this.#host;
  }

  /** The scope that asks for what is asked for now. @param context by default the one that the filter acts on */
  scope(context = this.#host?.context() ?? 0): Scope {
    const running = this.running();
    if (running.context === context) return running;
    if (!this.#contexts.has(context)) return NOWHERE;
    const belongings = this.#belongingsOf(context);
    belongings.own ??= new Scope(context);
    return belongings.own;
  }

  /** The scope of the callback or task that runs. */
  running(): Scope {
    this.#running ??= new Scope(this.#serving);
    return this.#running;
  }

  /** How many scopes hold anything. */
  get size(): number {
    let size = 0;
    for (const belongings of this.#contexts.values()) size += belongings?.scopes.size ?? 0;
    return size;
  }

  begin(context: number): void {
    this.#contexts.set(context, undefined);
  }

  /** A callback runs until {@link leave}. */
  enter(context: number): void {
    this.#running = undefined;
    this.#serving = context;
  }

  /**
   * Drops what waits on a context, and rejects the promises that it has not settled: other streams may wait for them.
   *
   * @returns whether there was anything
   */
  end(context: number): boolean {
    const ended = this.#contexts.get(context);
    this.#contexts.delete(context);
    this.timers?.end(context);
    if (!ended || ended.scopes.size === 0) return false;
    const reason = new StreamEnded();
    for (const scope of ended.scopes) this.endScope(scope, reason);
    return true;
  }

  /** Ends one callback's run, as {@link end} does. @param reason what its promises are rejected with */
  endScope(scope: Scope, reason: Error): void {
    scope.isEnded = true;
    for (const held of scope.held ?? []) held.drop(reason);
    scope.held = undefined;
    this.#contexts.get(scope.context)?.scopes.delete(scope);
  }

  /** Runs a reaction after the code that runs now. */
  enqueue(reaction: Reaction): void {
    this.release(reaction, reaction.scope);
    this.#due.push(reaction);
  }

  /** Has something dropped with its scope. What belongs to no context is kept by nothing. */
  hold(held: Held, scope: Scope): void {
    if (scope.held) {
      scope.held.add(held);
      return;
    }
    if (scope.isEnded || !this.#contexts.has(scope.context)) return;
    scope.held = new Set([held]);
    this.#belongingsOf(scope.context).scopes.add(scope);
  }

  /** What was held is due, settled or given up. */
  release(held: Held, scope: Scope): void {
    if (!scope.held?.delete(held) || scope.held.size > 0) return;
    scope.held = undefined;
    this.#contexts.get(scope.context)?.scopes.delete(scope);
  }

  #belongingsOf(context: number): Belongings {
    let belongings = this.#contexts.get(context);
    if (!belongings) {
      belongings = { scopes: new Set() };
      this.#contexts.set(context, belongings);
    }
    return belongings;
  }

  /** A promise was rejected that nobody handles yet; reported by {@link run}. */
  unhandled(promise: Held, reason: unknown, scope: Scope): void {
    this.#rejected.set(promise, { reason, scope });
  }

  handled(promise: Held): void {
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

  leave(): void {
    this.timers?.schedule();
    this.#running = NOWHERE;
  }

  #runOne(reaction: Reaction): void {
    const { scope } = reaction;
    const host = this.#host;
    if (scope.isEnded) return;
    if (scope !== NOWHERE && !reaction.isLink) {
      if (!this.#contexts.has(scope.context)) return;
      if (host && host.context() !== scope.context && !host.enter(scope.context)) return;
    }
    this.#running = scope;
    try {
      reaction.run();
    } catch (error) {
      host?.failed(error, scope);
    }
  }

  #report(): void {
    const rejected = [...this.#rejected.values()];
    this.#rejected.clear();
    for (const { reason, scope } of rejected) this.#host?.failed(reason, scope);
  }
}

/** Those of this VM. */
export const tasks = new Tasks();
