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
import type { CapturedValue } from "./call.ts";
import { MASK, type Secrets } from "./redaction.ts";

/** The maximum number of bytes of one value that are kept. */
const LONGEST = 4096;

/** A parameter to read, and the index of its value among the WebAssembly parameters. */
interface Slot {
  readonly at: number;
  readonly form: Form;
  readonly secret: Secret | undefined;
}

type Values = readonly (number | bigint)[];

/** Reads the inputs and outputs of one host function from a module's memory. It is made once per function, not once per call. */
export class Capture {
  readonly #ins: readonly Slot[];
  readonly #outs: readonly Slot[];
  /** The index of the header's name, or of a path that may contain one, among the inputs. */
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

  /** @returns what the module passes in its memory */
  inputs(memory: Memory, values: Values, secrets: Secrets): readonly CapturedValue[] | undefined {
    if (this.#ins.length === 0) return undefined;
    const inputs: CapturedValue[] = [];
    for (const { at, form, secret } of this.#ins) {
      const hidden = secret === "header-value" ? this.#headerOf(inputs, secrets) : undefined;
      inputs.push(read(memory, form, Number(values[at]), Number(values[at + 1]), secrets, hidden));
    }
    return inputs;
  }

  /** @returns what the host wrote to the module's memory */
  outputs(
    memory: Memory,
    values: Values,
    inputs: readonly CapturedValue[] | undefined,
    secrets: Secrets,
  ): CapturedValue[] | undefined {
    if (this.#outs.length === 0) return undefined;
    const header = this.#headerOf(inputs ?? [], secrets);
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

  /** @returns the name of the masked header that a call reads or writes, if any */
  #headerOf(inputs: readonly CapturedValue[], secrets: Secrets): string | undefined {
    const key = inputs[this.#key];
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
): CapturedValue {
  if (form === "pairs") {
    const bytes = memory.bytes(pointer, size);
    return bytes && secrets.headers(decodePairs(bytes).map(([name, value]): Pair => [lowerCase(name), value]));
  }
  if (hidden !== undefined) {
    const value = memory.latin1(pointer, size);
    return value === undefined ? undefined : value === "" ? "" : secrets.header(hidden, value) && MASK;
  }
  const length = size >>> 0;
  // Secrets are masked before the text is truncated, so that none is cut in two and missed.
  const text = memory.latin1(pointer, Math.min(length, LONGEST + secrets.longest));
  if (text === undefined || (length > text.length && !memory.has(pointer, size))) return undefined;
  const clean = secrets.longest === 0 ? text : secrets.clean(text);
  return length > LONGEST || clean.length > LONGEST ? `${clean.slice(0, LONGEST)}... (${length} bytes)` : clean;
}
