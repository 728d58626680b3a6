import { concat, encodeName, encodeSection, leb, Reader, type Section, sections } from "./bytes.ts";

type ExternalKind = "func" | "table" | "memory" | "global" | "tag";
const KINDS: readonly ExternalKind[] = ["func", "table", "memory", "global", "tag"];

export interface FunctionType {
  readonly params: string[];
  readonly results: string[];
}

export interface CoreImport {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** Present when the kind is "func". */
  readonly type?: FunctionType;
  /** Kind and type as in the binary. */
  readonly description: Uint8Array;
}

export interface CoreExport {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}

const CUSTOM = 0;

const VALUE_TYPES: Readonly<Record<number, string>> = {
  127: "i32",
  126: "i64",
  125: "f32",
  124: "f64",
  123: "v128",
  112: "funcref",
  111: "externref",
};

/** A core module: what it imports and exports, and its bytes. */
export class CoreModule {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly imports: readonly CoreImport[];
  readonly exports: readonly CoreExport[];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.sections = sections(bytes);
    const types = this.#read(1, readType) ?? [];
    this.imports = this.#read(2, (reader) => readImport(reader, types)) ?? [];
    this.exports =
      this.#read(7, (reader) => ({ name: reader.name(), kind: readKind(reader), index: reader.u32() })) ?? [];
  }

  #read<T>(id: number, item: (reader: Reader) => T): T[] | undefined {
    const body = this.sections.find((section) => section.id === id)?.body;
    if (!body) return undefined;
    const reader = new Reader(body);
    return reader.list(() => item(reader));
  }

  /**
   * The module with other import names, and without its custom sections.
   *
   * @param rename returns module and name for each import
   */
  withImports(rename: (item: CoreImport) => { module: string; name: string }): Uint8Array {
    const entries = this.imports.flatMap((item) => {
      const { module, name } = rename(item);
      return [...encodeName(module), ...encodeName(name), ...item.description];
    });
    return this.#with(2, encodeSection(2, [...leb(this.imports.length), ...entries]));
  }

  /** The module with these exports instead of its own, and without its custom sections. */
  withExports(exports: readonly CoreExport[]): Uint8Array {
    const entries = exports.flatMap(({ name, kind, index }) => [
      ...encodeName(name),
      KINDS.indexOf(kind),
      ...leb(index),
    ]);
    return this.#with(7, encodeSection(7, [...leb(exports.length), ...entries]));
  }

  /** The module with new content of an existing section, and without its custom sections. */
  withSection(id: number, body: readonly number[]): Uint8Array {
    return this.#with(id, encodeSection(id, body));
  }

  /** The module with the custom sections of another one. The first one stays first, as required for a library's `dylink.0`. */
  withCustomSectionsOf(other: CoreModule): Uint8Array {
    const [first, ...rest] = other.sections.filter(({ id }) => id === CUSTOM).map(({ whole }) => whole);
    const own = this.sections.filter(({ id }) => id !== CUSTOM).map(({ whole }) => whole);
    return concat([this.bytes.subarray(0, 8), ...(first ? [first] : []), ...own, ...rest]);
  }

  #with(id: number, replaced: Uint8Array): Uint8Array {
    const kept = this.sections.filter((section) => section.id !== CUSTOM);
    return concat([
      this.bytes.subarray(0, 8),
      ...kept.map((section) => (section.id === id ? replaced : section.whole)),
    ]);
  }
}

function readKind(reader: Reader): ExternalKind {
  const kind = KINDS[reader.u8()];
  if (!kind) throw new RangeError(`unknown kind of import or export at byte ${reader.offset}`);
  return kind;
}

/** Reads function types of plain values. Other types become undefined, which matters only if a stub needs them. */
function readType(reader: Reader): FunctionType {
  const form = reader.u8();
  if (form !== 0x60) throw new RangeError(`type form 0x${form.toString(16)} instead of a function (0x60)`);
  const values = () => reader.list(() => VALUE_TYPES[reader.u8()] ?? "unknown");
  return { params: values(), results: values() };
}

function readImport(reader: Reader, types: readonly FunctionType[]): CoreImport {
  const module = reader.name();
  const name = reader.name();
  const start = reader.offset;
  const kind = readKind(reader);
  const type = kind === "func" ? types[reader.u32()] : undefined;
  if (kind === "table") reader.u8();
  if (kind === "table" || kind === "memory") skipLimits(reader);
  if (kind === "global") reader.take(2);
  if (kind === "tag") {
    reader.u8();
    reader.u32();
  }
  return { module, name, kind, ...(type && { type }), description: reader.since(start) };
}

function skipLimits(reader: Reader): void {
  const flags = reader.u8();
  reader.skipLeb();
  if (flags & 1) reader.skipLeb();
}
