/** Where the code of one function of a module is. */
export interface FunctionCode {
  /** Its name without its file: `Guard#onRequestHeaders`. */
  readonly name: string;
  /** From which byte of the module to which. */
  readonly begin: number;
  readonly end: number;
}

/** What asc's `--debug` and `--sourceMap` add to a module. */
const DEBUG_SECTIONS = ["name", "sourceMappingURL"];

const CUSTOM = 0;
const CODE = 10;
const HEADER = 8;
const FUNCTION_NAMES = 1;

/** A section of a module; of a custom one, `begin` is after its name. */
interface Section {
  readonly id: number;
  readonly name?: string;
  readonly at: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * Removes from a module what asc's `--debug` and `--sourceMap` have added.
 *
 * @param module a module that asc has written: these sections are at its end
 * @returns the bytes that asc writes without them
 */
export function withoutDebug(module: Uint8Array): Uint8Array {
  const added = sections(module).filter(({ name }) => name !== undefined && DEBUG_SECTIONS.includes(name));
  return module.subarray(0, Math.min(module.length, ...added.map(({ at }) => at)));
}

/**
 * Reads where the functions of a module are.
 *
 * @param module a module that asc has written with `--debug`
 * @returns those that have code and a name, in their order
 */
export function functionCodes(module: Uint8Array<ArrayBuffer>): FunctionCode[] {
  const all = sections(module);
  const names = functionNames(
    module,
    all.find(({ name }) => name === "name"),
  );
  const code = all.find(({ id }) => id === CODE);
  if (!code) return [];
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module));
  const imported = imports.filter(({ kind }) => kind === "function").length;
  const reader = new Reader(module, code.begin);
  return Array.from({ length: reader.u32() }, (_, index) => {
    const size = reader.u32();
    const begin = reader.at;
    reader.at += size;
    return { name: names.get(imported + index) ?? "", begin, end: reader.at };
  }).filter(({ name }) => name !== "");
}

function functionNames(module: Uint8Array, section: Section | undefined): Map<number, string> {
  const reader = new Reader(module, section?.begin ?? 0);
  while (section && reader.at < section.end) {
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    if (id === FUNCTION_NAMES) {
      return new Map(Array.from({ length: reader.u32() }, () => [reader.u32(), withoutFile(reader.text())]));
    }
    reader.at = end;
  }
  return new Map();
}

/** A function's own name: asc puts its file before it, and its type arguments, with their files, behind a `<`. */
const withoutFile = (name: string): string => name.replace(/^[^<]*\//, "");

function sections(module: Uint8Array): Section[] {
  const found: Section[] = [];
  const reader = new Reader(module, HEADER);
  while (reader.at < module.length) {
    const at = reader.at;
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    const name = id === CUSTOM ? { name: reader.text() } : {};
    found.push({ id, ...name, at, begin: reader.at, end });
    reader.at = end;
  }
  return found;
}

/** Reads what a module consists of, from a byte on. */
class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0;
  }

  /** An unsigned LEB128. */
  u32(): number {
    for (let [value, scale] = [0, 1]; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const size = this.u32();
    this.at += size;
    return new TextDecoder().decode(this.#bytes.subarray(this.at - size, this.at));
  }
}
