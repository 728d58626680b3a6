import { latin1Bytes, utf8 } from "../abi/bytes.ts";
import { callbackParameters } from "../abi/callbacks.ts";
import { type Enum, nameOf } from "../abi/enums.ts";
import { decodePairs } from "../abi/pairs.ts";
import { isRun } from "../abi/parameters.ts";
import type { Implementation, Signature } from "../abi/signature.ts";
import type { Context } from "../vm/context.ts";
import type { ObservedVm, Observer } from "../vm/observer.ts";
import type { Memory } from "../wasm/memory.ts";

/** The start or the end of a callback, or of a host call. */
export interface TraceEvent {
  readonly kind: "callback" | "call";
  readonly phase: "enter" | "leave";
  /** `proxy_on_request_headers`, `malloc`, `proxy_get_header_map_value`, ... */
  readonly name: string;
  /** The plugin's name. */
  readonly plugin: string;
  /** The id of the context that is running. */
  readonly context: number;
  /** By the parameters' names: enumerations as names, bytes as text (or as bytes if they are not UTF-8), pairs as a list. */
  readonly args: Readonly<Record<string, unknown>>;
  /** On leave: the status's name, or what the callback returned. */
  readonly result?: unknown;
  /** On leave, if the status is OK: what the host has written into the module's memory. */
  readonly results?: Readonly<Record<string, unknown>>;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readable(bytes: Uint8Array | undefined): unknown {
  if (!bytes) return undefined;
  try {
    return strict.decode(bytes);
  } catch {
    return new Uint8Array(bytes);
  }
}

const text = (value: string): string => utf8(latin1Bytes(value));

function readRun(memory: Memory, form: unknown, pointer: number, size: number): unknown {
  const bytes = memory.bytes(pointer, size);
  if (form === "path") return bytes && utf8(bytes).split("\0");
  if (form !== "pairs" || !bytes) return readable(bytes);
  return decodePairs(bytes).map(([name, value]) => [text(name), text(value)]);
}

/** Turns callbacks and host calls into trace events. */
export class Tracer implements Observer {
  readonly #emit: (event: TraceEvent) => void;

  constructor(emit: (event: TraceEvent) => void) {
    this.#emit = emit;
  }

  /** The host calls the module. */
  entered(context: Context, name: string, values: readonly number[]): void {
    this.#emit({ kind: "callback", phase: "enter", ...where(context, name), args: named(name, values) });
  }

  /** The module returns. */
  left(context: Context, name: string, values: readonly number[], result: unknown): void {
    this.#emit({ kind: "callback", phase: "leave", ...where(context, name), args: named(name, values), result });
  }

  /** Wraps a host function so that each call gives events. */
  wrap(vm: ObservedVm, fn: Signature, implementation: Implementation): Implementation {
    return (...values) => {
      const place = where(vm.context, fn.name);
      const args = readParameters(vm.memory, fn, values, false);
      this.#emit({ kind: "call", phase: "enter", ...place, args });
      const status = implementation(...values);
      const results = !status ? readParameters(vm.memory, fn, values, true) : {};
      const result = status === undefined ? undefined : nameOf(fn.statuses, status);
      this.#emit({ kind: "call", phase: "leave", ...place, args, result, results });
      return status;
    };
  }
}

const where = (context: Context, name: string) => ({ name, plugin: context.label, context: context.id });

function named(name: string, values: readonly number[]): Record<string, unknown> {
  const names = callbackParameters(name);
  return Object.fromEntries(values.map((value, index) => [names[index] ?? `arg${index}`, value]));
}

/** The arguments of one call; or its results, read from where the host has written them. */
function readParameters(
  memory: Memory,
  fn: Signature,
  values: readonly (number | bigint)[],
  results: boolean,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  let at = 0;
  for (const { name, form, result } of fn.parameters) {
    const [first, second] = [values[at] ?? 0, Number(values[at + 1] ?? 0)];
    at += isRun(form) ? 2 : 1;
    if (result !== results) continue;
    if (!result) {
      if (isRun(form)) read[name] = readRun(memory, form, Number(first), second);
      else if (typeof form === "object") read[name] = nameOf(form as Enum, Number(first) >>> 0);
      else read[name] = typeof first === "bigint" ? first : first >>> 0;
    } else if (isRun(form)) {
      read[name] = readRun(memory, form, memory.u32(Number(first)) ?? 0, memory.u32(second) ?? 0) ?? "";
    } else if (form === "u64" || form === "i64") {
      read[name] = memory.u64(Number(first));
    } else {
      const word = memory.u32(Number(first)) ?? 0;
      read[name] = typeof form === "object" ? nameOf(form as Enum, word) : word;
    }
  }
  return read;
}
