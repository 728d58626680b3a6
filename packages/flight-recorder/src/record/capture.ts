import {
  decodePairs,
  type Form,
  isRun,
  lowerCase,
  type Memory,
  type Pair,
  type Secret,
  type Signature,
} from "proxy-wasm-host";
import type { Taken } from "./call.ts";
import { MASK, type Secrets } from "./redaction.ts";

/** How many bytes of one value are kept. */
const LONGEST = 4096;

/** A parameter that is worth reading, and where its value stands among the WebAssembly ones. */
interface Slot {
  readonly at: number;
  readonly form: Form;
  readonly secret: Secret | undefined;
}

type Values = readonly (number | bigint)[];

/** What to take from a module's memory at one host function's calls; made once per function, not per call. */
export class Capture {
  readonly #ins: readonly Slot[];
  readonly #outs: readonly Slot[];
  /** Where a header's name (or a path that may hold one) stands among the inputs. */
  readonly #key: number;

  constructor({ parameters }: Signature) {
    const ins: Slot[] = [];
    const outs: Slot[] = [];
    let at = 0;
    for (const { form, result, secret } of parameters) {
      if (result) outs.push({ at, form, secret });
      else if (isRun(form)) ins.push({ at, form, secret });
      at += isRun(form) ? 2 : 1;
    }
    this.#ins = ins;
    this.#outs = outs;
    this.#key = ins.findIndex(({ secret }) => secret === "header-name");
  }

  /** The runs of bytes that go into the host. */
  takes(memory: Memory, values: Values, secrets: Secrets): readonly Taken[] | undefined {
    if (this.#ins.length === 0) return undefined;
    const taken: Taken[] = [];
    for (const { at, form, secret } of this.#ins) {
      const hidden = secret === "header-value" ? this.#headerOf(taken, secrets) : undefined;
      taken.push(read(memory, form, Number(values[at]), Number(values[at + 1]), secrets, hidden));
    }
    return taken;
  }

  /** What the host wrote where the module told it to. */
  gives(memory: Memory, values: Values, taken: readonly Taken[] | undefined, secrets: Secrets): Taken[] | undefined {
    if (this.#outs.length === 0) return undefined;
    const header = this.#headerOf(taken ?? [], secrets);
    return this.#outs.map(({ at, form, secret }) => {
      const pointer = Number(values[at]);
      if (isRun(form)) {
        const size = memory.u32(Number(values[at + 1])) ?? 0;
        const hidden = secret === "header-value" ? header : undefined;
        return size === 0 ? "" : read(memory, form, memory.u32(pointer) ?? 0, size, secrets, hidden);
      }
      return form === "u64" || form === "i64" ? memory.u64(pointer) : memory.u32(pointer);
    });
  }

  /** The name of the hidden header that a call is about, if it is about one. */
  #headerOf(taken: readonly Taken[], secrets: Secrets): string | undefined {
    const key = taken[this.#key];
    return typeof key === "string" ? key.split("\0").find((part) => secrets.hides(part)) : undefined;
  }
}

function read(
  memory: Memory,
  form: Form,
  pointer: number,
  size: number,
  secrets: Secrets,
  hidden: string | undefined,
): Taken {
  if (form === "pairs") {
    const bytes = memory.bytes(pointer, size);
    return bytes && secrets.headers(decodePairs(bytes).map(([name, value]): Pair => [lowerCase(name), value]));
  }
  if (hidden !== undefined) {
    const value = memory.latin1(pointer, size);
    return value === undefined ? undefined : value === "" ? "" : secrets.header(hidden, value) && MASK;
  }
  const length = size >>> 0;
  // A secret that the cut would halve is hidden before it is cut.
  const text = memory.latin1(pointer, Math.min(length, LONGEST + secrets.longest));
  if (text === undefined || (length > text.length && !memory.has(pointer, size))) return undefined;
  const clean = secrets.longest === 0 ? text : secrets.clean(text);
  return length > LONGEST || clean.length > LONGEST ? `${clean.slice(0, LONGEST)}... (${length} bytes)` : clean;
}
