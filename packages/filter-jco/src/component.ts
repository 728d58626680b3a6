import { Failure } from "@wasm-header-filter/cli";
import { Reader, sections } from "./bytes.ts";

/** The kinds of a component's index spaces. Types are skipped, because linking needs none. */
export type Sort =
  | "core func"
  | "core table"
  | "core memory"
  | "core global"
  | "core tag"
  | "core type"
  | "core module"
  | "core instance"
  | "func"
  | "value"
  | "type"
  | "component"
  | "instance";

interface Reference {
  readonly sort: Sort;
  readonly index: number;
}

export interface Named extends Reference {
  readonly name: string;
}

/** The options of `canon lift` and `canon lower`, as indices of core functions and memories. */
export interface CanonOptions {
  readonly memory?: number;
  readonly realloc?: number;
  readonly postReturn?: number;
}

/** One definition of a component, in the order of the binary; most append to one index space. */
export type Definition =
  | { kind: "core module"; bytes: Uint8Array }
  | { kind: "core instantiate"; module: number; args: Named[] }
  | { kind: "core bundle"; exports: Named[] }
  | { kind: "component"; definitions: Definition[] }
  | { kind: "instantiate"; component: number; args: Named[] }
  | { kind: "bundle"; exports: Named[] }
  | { kind: "core alias"; sort: Sort; instance: number; name: string }
  | { kind: "alias"; sort: Sort; instance: number; name: string }
  | { kind: "outer alias"; sort: Sort; count: number; index: number }
  | { kind: "lift"; func: number; options: CanonOptions }
  | { kind: "lower"; func: number; options: CanonOptions }
  | { kind: "builtin"; name: string }
  | { kind: "import"; name: string; sort: Sort }
  | ({ kind: "export" } & Named);

const CORE_SORTS: Readonly<Record<number, Sort>> = {
  0: "core func",
  1: "core table",
  2: "core memory",
  3: "core global",
  4: "core tag",
  16: "core type",
  17: "core module",
  18: "core instance",
};
const SORTS: Readonly<Record<number, Sort>> = { 1: "func", 2: "value", 3: "type", 4: "component", 5: "instance" };

/**
 * Reads a component's definitions, including nested components.
 *
 * @param bytes a component in the binary format of the Component Model (`design/mvp/Binary.md`)
 * @returns the definitions in the binary's order
 * @throws Failure for a core module, or a component with features that a synchronous filter does not use (start functions, async built-ins, values)
 */
export function readComponent(bytes: Uint8Array): Definition[] {
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[4] !== 0x0d || bytes[6] !== 1)
    throw new Failure("this is no WebAssembly component: expected the bytes 00 61 73 6d 0d 00 01 00 at its start");
  return sections(bytes).flatMap(({ id, body }) => readSection(id, body));
}

function readSection(id: number, body: Uint8Array): Definition[] {
  const reader = new Reader(body);
  const list = (item: (reader: Reader) => Definition) => reader.list(() => item(reader));
  switch (id) {
    case 0:
    case 3:
    case 7:
      return [];
    case 1:
      return [{ kind: "core module", bytes: body }];
    case 2:
      return list(readCoreInstance);
    case 4:
      return [{ kind: "component", definitions: readComponent(body) }];
    case 5:
      return list(readInstance);
    case 6:
      return list(readAlias);
    case 8:
      return list(readCanon);
    case 10:
      return list((item) => ({ kind: "import", name: readExternName(item), sort: readExternType(item) }));
    case 11:
      return list(readExport);
    default:
      throw unsupported(`section ${id}`);
  }
}

function readCoreInstance(reader: Reader): Definition {
  if (reader.u8() === 1) {
    const item = (): Named => ({ name: reader.name(), ...readReference(reader, true) });
    return { kind: "core bundle", exports: reader.list(item) };
  }
  const module = reader.u32();
  const item = (): Named => ({ name: reader.name(), ...readReference(reader, true) });
  return { kind: "core instantiate", module, args: reader.list(item) };
}

function readInstance(reader: Reader): Definition {
  if (reader.u8() === 1)
    return { kind: "bundle", exports: reader.list(() => ({ name: readExternName(reader), ...readReference(reader) })) };
  const component = reader.u32();
  const args = reader.list((): Named => ({ name: reader.name(), ...readReference(reader) }));
  return { kind: "instantiate", component, args };
}

function readAlias(reader: Reader): Definition {
  const sort = readSort(reader);
  const target = reader.u8();
  if (target === 0) return { kind: "alias", sort, instance: reader.u32(), name: reader.name() };
  if (target === 1) return { kind: "core alias", sort, instance: reader.u32(), name: reader.name() };
  return { kind: "outer alias", sort, count: reader.u32(), index: reader.u32() };
}

function readCanon(reader: Reader): Definition {
  const code = reader.u8();
  if (code === 0 || code === 1) {
    reader.u8();
    const func = reader.u32();
    const options = readCanonOptions(reader);
    if (code === 1) return { kind: "lower", func, options };
    reader.u32();
    return { kind: "lift", func, options };
  }
  const resource = ["resource.new", "resource.drop", "resource.rep"][code - 2];
  if (!resource) throw unsupported(`the canonical built-in 0x${code.toString(16)}`);
  reader.u32();
  return { kind: "builtin", name: resource };
}

function readCanonOptions(reader: Reader): CanonOptions {
  const options: { -readonly [name in keyof CanonOptions]: CanonOptions[name] } = {};
  for (let count = reader.u32(); count > 0; count--) {
    const code = reader.u8();
    if (code === 3) options.memory = reader.u32();
    else if (code === 4) options.realloc = reader.u32();
    else if (code === 5) options.postReturn = reader.u32();
    else if (code !== 0) throw unsupported(`the canonical option 0x${code.toString(16)}`);
  }
  return options;
}

function readExport(reader: Reader): Definition {
  const name = readExternName(reader);
  const reference = readReference(reader);
  if (reader.u8() === 1) readExternType(reader);
  return { kind: "export", name, ...reference };
}

function readExternName(reader: Reader): string {
  const form = reader.u8();
  if (form > 1) throw unsupported(`the form 0x${form.toString(16)} of an import's or export's name`);
  return reader.name();
}

function readExternType(reader: Reader): Sort {
  const code = reader.u8();
  if (code === 0) {
    reader.u8();
    reader.u32();
    return "core module";
  }
  const sort = SORTS[code];
  if (!sort || sort === "value") throw unsupported(`the import or export of sort 0x${code.toString(16)}`);
  if (sort !== "type" || reader.u8() === 0) reader.u32();
  return sort;
}

function readReference(reader: Reader, core = false): Reference {
  const sort = core ? readCoreSort(reader) : readSort(reader);
  return { sort, index: reader.u32() };
}

function readSort(reader: Reader): Sort {
  const code = reader.u8();
  if (code === 0) return readCoreSort(reader);
  const sort = SORTS[code];
  if (!sort) throw unsupported(`sort 0x${code.toString(16)}`);
  return sort;
}

function readCoreSort(reader: Reader): Sort {
  const code = reader.u8();
  const sort = CORE_SORTS[code];
  if (!sort) throw unsupported(`core sort 0x${code.toString(16)}`);
  return sort;
}

function unsupported(what: string): Failure {
  return new Failure(
    `cannot lower the component: it has ${what}, which this step doesn't know; its tools may have changed, see "How the component is lowered" in the README`,
  );
}
