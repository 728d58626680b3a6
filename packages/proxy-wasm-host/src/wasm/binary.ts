import { utf8 } from "../abi/bytes.ts";
import type { ValueType } from "../abi/parameters.ts";

export interface FunctionType {
  readonly parameters: readonly (ValueType | "other")[];
  readonly results: readonly (ValueType | "other")[];
}

export interface Limits {
  /** In pages of 64 KiB for a memory, in elements for a table. */
  readonly initial: number;
  readonly maximum?: number;
  /** A memory that threads share. */
  readonly shared?: true;
  /** A memory or table with 64-bit addresses. */
  readonly wide?: true;
}

/** An import of a module; `type` for functions, `limits` for memories and tables. */
export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
  readonly type?: FunctionType | undefined;
  readonly limits?: Limits | undefined;
  /** What a table holds, if it is not functions. */
  readonly element?: "externref";
}

export interface WasmExport {
  readonly name: string;
  readonly kind: string;
  readonly type?: FunctionType | undefined;
}

/** A custom section, such as debug information or names; the data is without the section's name. */
interface CustomSection {
  readonly name: string;
  readonly data: Uint8Array;
}

/** The imports and exports of a core module, in the module's order. */
export interface WasmInterface {
  readonly imports: readonly WasmImport[];
  readonly exports: readonly WasmExport[];
  /** Imported ones first, as in the module's numbering. */
  readonly memories: readonly Limits[];
  readonly tables: readonly Limits[];
  /** The code of an exported function with its locals; undefined if the function is imported. */
  readonly bodyOf: (exported: string) => Uint8Array | undefined;
  /** Whether a function runs when the module is instantiated. */
  readonly start: boolean;
  readonly custom: readonly CustomSection[];
}

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  export: 7,
  start: 8,
  code: 10,
} as const;
const KINDS = ["function", "table", "memory", "global", "tag"];
const VALUE_TYPES: Readonly<Record<number, ValueType>> = { 127: "i32", 126: "i64", 125: "f32", 124: "f64" };
const FUNCTION_TYPE = 0x60;
const STRUCT_TYPE = 0x5f;
const ARRAY_TYPE = 0x5e;
const RECURSIVE_TYPES = 0x4e;
const SUBTYPES = [0x50, 0x4f];
const EXTERNAL_REFERENCE = 0x6f;
const TYPED_REFERENCES = [0x63, 0x64];
/** The first byte of a table with an initializer, where other tables have their element type. */
const INITIALIZED_TABLE = 0x40;

/** Reads the parts of a valid module's binary format. */
export class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  peek(): number {
    return this.#bytes[this.at] as number;
  }

  byte(): number {
    return this.#bytes[this.at++] as number;
  }

  /** An unsigned LEB128 number. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  text(): string {
    const size = this.u32();
    this.at += size;
    return utf8(this.#bytes.subarray(this.at - size, this.at));
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }

  valueType(): ValueType | "other" {
    const byte = this.byte();
    if (TYPED_REFERENCES.includes(byte)) this.u32();
    return VALUE_TYPES[byte] ?? "other";
  }

  /** An unsigned LEB128 number of up to 64 bits, rounded to a double. */
  u64(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  limits(): Limits {
    const flags = this.byte();
    const wide = (flags & 4) !== 0;
    const number = () => (wide ? this.u64() : this.u32());
    const initial = number();
    const maximum = flags & 1 ? { maximum: number() } : {};
    return { initial, ...maximum, ...((flags & 2) !== 0 && { shared: true }), ...(wide && { wide: true }) };
  }

  slice(end: number): Uint8Array {
    return this.#bytes.subarray(this.at, end);
  }
}

/**
 * Reads imports and exports with their types, which the JavaScript interface does not give, and what else a host must know of a module.
 *
 * @param bytes a module that {@link WebAssembly.Module} accepts
 */
export function readInterface(bytes: Uint8Array): WasmInterface {
  const reader = new Reader(bytes, 8);
  let types: (FunctionType | undefined)[] = [];
  let imports: WasmImport[] = [];
  let exports: { name: string; kind: string; index: number }[] = [];
  let declared: number[] = [];
  let memories: Limits[] = [];
  let tables: Limits[] = [];
  let bodies: Uint8Array[] = [];
  let start = false;
  const custom: CustomSection[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.u32();
    const end = reader.at + size;
    if (id === SECTION.custom) custom.push({ name: reader.text(), data: reader.slice(end) });
    if (id === SECTION.type) types = reader.list(() => typeEntry(reader)).flat();
    if (id === SECTION.import) imports = reader.list(() => importEntry(reader, types));
    if (id === SECTION.function) declared = reader.list(() => reader.u32());
    if (id === SECTION.table) tables = tableSection(reader);
    if (id === SECTION.memory) memories = reader.list(() => reader.limits());
    if (id === SECTION.export) {
      exports = reader.list(() => ({ name: reader.text(), kind: KINDS[reader.byte()] ?? "", index: reader.u32() }));
    }
    if (id === SECTION.start) start = true;
    if (id === SECTION.code) bodies = reader.list(() => body(reader));
    reader.at = end;
  }
  const imported = (kind: string) => imports.filter((one) => one.kind === kind);
  const functions = [...imported("function").map(({ type }) => type), ...declared.map((index) => types[index])];
  const limits = (kind: string) => imported(kind).flatMap(({ limits }) => limits ?? []);
  return {
    imports,
    exports: exports.map(({ name, kind, index }) => ({
      name,
      kind,
      type: kind === "function" ? functions[index] : undefined,
    })),
    memories: [...limits("memory"), ...memories],
    tables: [...limits("table"), ...tables],
    bodyOf(exported) {
      const found = exports.find(({ name, kind }) => name === exported && kind === "function");
      return found && bodies[found.index - imported("function").length];
    },
    start,
    custom,
  };
}

/** A type, or the types of a recursive group; undefined for the types of garbage collection. */
function typeEntry(reader: Reader): (FunctionType | undefined)[] {
  const form = reader.byte();
  if (form === RECURSIVE_TYPES) return reader.list(() => typeEntry(reader)).flat();
  if (SUBTYPES.includes(form)) {
    reader.list(() => reader.u32());
    return typeEntry(reader);
  }
  if (form === FUNCTION_TYPE) return [functionType(reader)];
  const field = () => {
    reader.valueType();
    reader.byte();
  };
  if (form === STRUCT_TYPE) reader.list(field);
  else if (form === ARRAY_TYPE) field();
  else throw new Error(`it has types of an unknown form (0x${form.toString(16)})`);
  return [undefined];
}

/** The limits of the tables. Stops at a table with an initializer, because the initializer's length is not known here. */
function tableSection(reader: Reader): Limits[] {
  const tables: Limits[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    if (reader.peek() === INITIALIZED_TABLE) break;
    reader.valueType();
    tables.push(reader.limits());
  }
  return tables;
}

function body(reader: Reader): Uint8Array {
  const end = reader.u32() + reader.at;
  const bytes = reader.slice(end);
  reader.at = end;
  return bytes;
}

function functionType(reader: Reader): FunctionType {
  return { parameters: reader.list(() => reader.valueType()), results: reader.list(() => reader.valueType()) };
}

function importEntry(reader: Reader, types: readonly (FunctionType | undefined)[]): WasmImport {
  const [module, name] = [reader.text(), reader.text()];
  const kind = KINDS[reader.byte()] ?? "";
  switch (kind) {
    case "function":
      return { module, name, kind, type: types[reader.u32()] };
    case "table": {
      const external = reader.peek() === EXTERNAL_REFERENCE;
      reader.valueType();
      return { module, name, kind, limits: reader.limits(), ...(external && { element: "externref" }) };
    }
    case "memory":
      return { module, name, kind, limits: reader.limits() };
    case "global":
      reader.valueType();
      reader.byte();
      return { module, name, kind };
    default:
      reader.byte();
      reader.u32();
      return { module, name, kind };
  }
}
