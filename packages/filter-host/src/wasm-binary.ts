import type { ValueType } from "./abi/parameters.ts";

export interface FunctionType {
  readonly parameters: readonly (ValueType | "other")[];
  readonly results: readonly (ValueType | "other")[];
}

interface Limits {
  readonly initial: number;
  readonly maximum?: number;
}

/** Something a module imports; `type` for functions, `limits` for memories and tables. */
export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
  readonly type?: FunctionType | undefined;
  readonly limits?: Limits | undefined;
}

export interface WasmExport {
  readonly name: string;
  readonly kind: string;
  readonly type?: FunctionType | undefined;
}

/** What a core module needs and offers, in the module's order. */
export interface WasmInterface {
  readonly imports: readonly WasmImport[];
  readonly exports: readonly WasmExport[];
}

const SECTION = { type: 1, import: 2, function: 3, export: 7 } as const;
const KINDS = ["function", "table", "memory", "global", "tag"];
const VALUE_TYPES: Readonly<Record<number, ValueType>> = { 127: "i32", 126: "i64", 125: "f32", 124: "f64" };
const FUNCTION_TYPE = 0x60;
const TYPED_REFERENCES = [0x63, 0x64];

/** Reads the binary format's parts from a module that an engine has found valid. */
class Reader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
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
    return this.#bytes.toString("utf8", this.at - size, this.at);
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }

  valueType(): ValueType | "other" {
    const byte = this.byte();
    if (TYPED_REFERENCES.includes(byte)) this.u32();
    return VALUE_TYPES[byte] ?? "other";
  }

  limits(): Limits {
    const flags = this.byte();
    const initial = this.u32();
    return flags & 1 ? { initial, maximum: this.u32() } : { initial };
  }
}

/**
 * Reads imports and exports with their types, which the JavaScript interface does not tell.
 *
 * @param bytes a module that {@link WebAssembly.Module} accepts
 * @throws Error if it has types other than functions (garbage collection's), which no Proxy-Wasm SDK makes
 */
export function readInterface(bytes: Uint8Array): WasmInterface {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 8);
  let types: FunctionType[] = [];
  let imports: WasmImport[] = [];
  let exports: { name: string; kind: string; index: number }[] = [];
  let declared: number[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const size = reader.u32();
    const end = reader.at + size;
    if (id === SECTION.type) types = reader.list(() => functionType(reader));
    if (id === SECTION.import) imports = reader.list(() => importEntry(reader, types));
    if (id === SECTION.function) declared = reader.list(() => reader.u32());
    if (id === SECTION.export) {
      exports = reader.list(() => ({ name: reader.text(), kind: KINDS[reader.byte()] ?? "", index: reader.u32() }));
    }
    reader.at = end;
  }
  const functions = [
    ...imports.filter(({ kind }) => kind === "function").map(({ type }) => type),
    ...declared.map((index) => types[index]),
  ];
  return {
    imports,
    exports: exports.map(({ name, kind, index }) => ({
      name,
      kind,
      type: kind === "function" ? functions[index] : undefined,
    })),
  };
}

function functionType(reader: Reader): FunctionType {
  if (reader.byte() !== FUNCTION_TYPE) throw new Error("it has types that are not functions");
  return { parameters: reader.list(() => reader.valueType()), results: reader.list(() => reader.valueType()) };
}

function importEntry(reader: Reader, types: readonly FunctionType[]): WasmImport {
  const [module, name] = [reader.text(), reader.text()];
  const kind = KINDS[reader.byte()] ?? "";
  switch (kind) {
    case "function":
      return { module, name, kind, type: types[reader.u32()] };
    case "table":
      reader.valueType();
      return { module, name, kind, limits: reader.limits() };
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
