import type { Context, Implementation, ObservedVm, Observer, Signature } from "proxy-wasm-host";
import { isRun, Status } from "proxy-wasm-host";
import { type CallCount, KEPT_CALLS, type RequestCost, type Use, type UseKind } from "./report.ts";

/** How many names of one kind are kept, and how many characters of each. */
const NAMES = 100;
const NAME_LENGTH = 200;

/** How many calls, or bytes, there are at most between two checks of time and memory. */
const CHECKED_CALLS = 256;
const CHECKED_BYTES = 4 * 1024 * 1024;

/** `plugin_configuration` among the buffers of the ABI. */
const PLUGIN_CONFIGURATION = 7;

/** The host functions that name something, by the parameter that has the name. Names of clusters are known from elsewhere. */
const NAMING: Readonly<Record<string, readonly [kind: UseKind, parameter: string]>> = {
  proxy_register_shared_queue: ["queue", "name"],
  proxy_resolve_shared_queue: ["queue", "name"],
  proxy_get_property: ["property", "path"],
  proxy_set_property: ["property", "path"],
  proxy_call_foreign_function: ["foreign function", "function"],
  proxy_define_metric: ["metric", "name"],
};

interface ObserverEvents {
  /** A callback, not called from another one, starts. */
  readonly entered: (name: string) => void;
  readonly used: (use: Use) => void;
  /** Is called now and then during host calls. */
  readonly check: () => void;
}

/** Where a parameter of a host function is among its values, and whether it has a pointer and a size. */
function placed({ parameters }: Signature) {
  let at = 0;
  return parameters.map(({ name, form, result }) => {
    const place = { name, at, run: isRun(form), result };
    at += place.run ? 2 : 1;
    return place;
  });
}

/** Observes what a module does in a trial, and keeps a bounded part of it. */
export class CallObserver implements Observer {
  readonly #events: ObserverEvents;
  readonly #seen = new Map<UseKind, Map<string, boolean>>();
  #counts = new Map<string, { calls: number; bytes: number }>();
  #entries: string[] = [];
  #calls: string[] = [];
  #leftOut = { entries: 0, calls: 0 };
  #depth = 0;
  #sinceCheck = { calls: 0, bytes: 0 };
  readConfiguration = false;
  /** The first host function that was called with a place in memory. */
  usedMemory: string | undefined;

  constructor(events: ObserverEvents) {
    this.#events = events;
  }

  entered(_: Context, name: string): void {
    if (this.#depth++ === 0) this.#events.entered(name);
    if (this.#entries.length < KEPT_CALLS) this.#entries.push(name);
    else this.#leftOut.entries++;
    this.#checkAfter(0);
  }

  left(): void {
    this.#depth--;
  }

  trapped(): void {
    this.#depth--;
  }

  wrap(vm: ObservedVm, fn: Signature, implementation: Implementation): Implementation {
    const places = placed(fn);
    const inputs = places.filter(({ run, result }) => run && !result);
    const [kind, parameter] = NAMING[fn.name] ?? [];
    const naming = places.find(({ name, result }) => name === parameter && !result);
    const memory = places.some(({ run, result }) => run || result);
    return (...values) => {
      if (memory) this.usedMemory ??= fn.name;
      const bytes = inputs.reduce((sum, { at }) => sum + (Number(values[at + 1]) >>> 0), 0);
      this.#count(fn.name, bytes);
      if (fn.name === "proxy_get_buffer_bytes" && values[0] === PLUGIN_CONFIGURATION) this.readConfiguration = true;
      const status = implementation(...values);
      if (kind && naming) {
        const [pointer, size] = [Number(values[naming.at]), Number(values[naming.at + 1]) >>> 0];
        const name = vm.memory.utf8(pointer, Math.min(size, NAME_LENGTH));
        if (name !== undefined) this.uses(kind, name.replaceAll("\0", "."), status === Status.NOT_FOUND);
      }
      return status;
    };
  }

  /** Notes the name of something that the module uses. */
  uses(kind: UseKind, name: string, missing: boolean): void {
    const seen = this.#seen.get(kind) ?? new Map<string, boolean>();
    this.#seen.set(kind, seen);
    const known = seen.get(name);
    if (known === missing || known === true || (known === undefined && seen.size >= NAMES)) return;
    seen.set(name, missing);
    this.#events.used({ kind, name, missing });
  }

  /** The host calls since {@link begin}. */
  counts(): CallCount[] {
    return [...this.#counts].map(([name, count]) => ({ name, ...count }));
  }

  /** Begins to count anew. */
  begin(): void {
    this.#counts = new Map();
    this.#entries = [];
    this.#calls = [];
    this.#leftOut = { entries: 0, calls: 0 };
  }

  /** What happened since {@link begin}. */
  cost(name: string): RequestCost {
    const { entries, calls } = this.#leftOut;
    const leftOut = entries + calls > 0 && { leftOut: { entries, calls } };
    return { name, entries: this.#entries, calls: this.#calls, ...leftOut };
  }

  #count(name: string, bytes: number): void {
    const count = this.#counts.get(name) ?? { calls: 0, bytes: 0 };
    this.#counts.set(name, count);
    count.calls++;
    count.bytes += bytes;
    if (this.#calls.length < KEPT_CALLS) this.#calls.push(name);
    else this.#leftOut.calls++;
    this.#checkAfter(bytes);
  }

  #checkAfter(bytes: number): void {
    this.#sinceCheck.calls++;
    this.#sinceCheck.bytes += bytes;
    if (this.#sinceCheck.calls < CHECKED_CALLS && this.#sinceCheck.bytes < CHECKED_BYTES) return;
    this.#sinceCheck = { calls: 0, bytes: 0 };
    this.#events.check();
  }
}
