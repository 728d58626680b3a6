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
import { MASK } from "./known-secrets.ts";
import type { Secrets } from "./redaction.ts";

/** The maximum number of bytes of one value that are kept. */
const LONGEST = 4096;

/** A parameter to read, and the index of its value among the WebAssembly parameters. */
interface Slot {
  readonly at: number;
  readonly form: Form;
  readonly secret: Secret | undefined;
}

/** The buffers that hold whole configurations: of the VM and of the plugin. */
const CONFIGURATIONS = new Set([6, 7]);

type Values = readonly (number | bigint)[];

/** Reads the inputs and outputs of one host function from a module's memory. It is made once per function, not once per call. */
export class Capture {
  readonly #ins: readonly Slot[];
  readonly #outs: readonly Slot[];
  /** The index of the header's name, or of a path that may contain one, among the inputs. */
  readonly #key: number;
  /** Whether it gives whole configurations: always, or from some buffers. */
  readonly #configurations: boolean | "buffers";

  /** Whether it can pass headers, or what is named like one. */
  readonly learns: boolean;

  constructor({ name, parameters }: Signature) {
    const ins: Slot[] = [];
    const outs: Slot[] = [];
    let at = 0;
    for (const { form, result, secret } of parameters) {
      if (result) outs.push({ at, form, secret });
      else if (isRun(form)) ins.push({ at, form, secret });
      at += isRun(form) ? 2 : 1;
    }
    this.#configurations = name === "proxy_get_configuration" || (name === "proxy_get_buffer_bytes" && "buffers");
    this.learns = parameters.some(({ form, secret }) => secret !== undefined || form === "pairs");
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
        if (this.#configurations && (this.#configurations === true || CONFIGURATIONS.has(Number(values[0])))) {
          return configuration(memory, memory.u32(pointer) ?? 0, size, secrets);
        }
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

function configuration(memory: Memory, pointer: number, size: number, secrets: Secrets): CapturedValue {
  const text = memory.latin1(pointer, size);
  return text === undefined ? undefined : bounded(secrets.configuration(text), size);
}

/** A text, cut if it is too long, with the size of what it was. */
const bounded = (text: string, size: number): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${size} bytes)` : text;

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
  const clean = secrets.clean(text);
  // The end of a text that is not read to its end may be the beginning of a secret.
  const whole = length > text.length ? clean.slice(0, clean.length - secrets.longest) : clean;
  return length > LONGEST || clean.length > LONGEST ? `${whole.slice(0, LONGEST)}... (${length} bytes)` : clean;
}
