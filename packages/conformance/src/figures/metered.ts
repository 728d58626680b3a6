import { Op, readInstruction } from "./instructions.ts";
import { s64, text, u32, WasmBytes } from "./wasm-bytes.ts";

const Section = { custom: 0, type: 1, import: 2, function: 3, memory: 5, global: 6, export: 7, code: 10 } as const;
const Kind = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** Instructions that mark structure and do nothing. */
const MARKS = new Set<number>([Op.block, Op.loop, Op.else, Op.end]);
/** Before these, what has run so far is added to the counter; `loop`, `else` and `end` are where jumps may arrive. */
const BOUNDS = new Set<number>([
  Op.unreachable,
  Op.loop,
  Op.if,
  Op.else,
  Op.end,
  Op.br,
  Op.brIf,
  Op.brTable,
  Op.return,
  Op.returnCall,
  Op.returnCallIndirect,
]);

/** The export that tells the count. */
export const METER = "proxy_on_done";

/**
 * Makes a module count the instructions that it executes, exactly: each instruction of its code, as it is in the file, whenever it runs,
 * but for `block`, `loop`, `else` and `end`. The count's low 32 bits are what its `proxy_on_done` returns, so that any host's trace
 * shows them at the end of each stream; a `proxy_on_done` of its own is run first. What is added isn't counted.
 *
 * @param module a core module
 * @returns the module with the counter, without its custom sections
 * @throws Failure for an opcode that isn't known
 */
export function metered(module: Uint8Array): Uint8Array {
  const sections = sectionsOf(module);
  const of = (id: number) => new WasmBytes(sections.get(id) ?? Uint8Array.of(0));
  const imported = importsOf(of(Section.import));
  const own = of(Section.function).u32();
  const counter = imported.globals + of(Section.global).u32();
  const [wrapper, type] = [imported.functions + own, of(Section.type).u32()];
  const exports = exportsOf(of(Section.export));
  const done = exports.find(({ name }) => name === METER);

  const i64Mutable = [0x7e, 1, Op.i64Const, 0, Op.end];
  sections.set(Section.type, appended(of(Section.type), [0x60, 1, 0x7f, 1, 0x7f]));
  sections.set(Section.function, appended(of(Section.function), u32(type)));
  sections.set(Section.global, appended(of(Section.global), i64Mutable));
  const kept = exports.filter((one) => one !== done).map(({ bytes }) => bytes);
  const added = Uint8Array.of(...text(METER), Kind.function, ...u32(wrapper));
  sections.set(Section.export, Buffer.concat([Uint8Array.from(u32(kept.length + 1)), ...kept, added]));
  const first = done ? [Op.localGet, 0, Op.call, ...u32(done.index), Op.drop] : [];
  const body = [0, ...first, Op.globalGet, ...u32(counter), Op.i32WrapI64, Op.end];
  sections.set(Section.code, countingCode(of(Section.code), counter, body));

  const header = module.subarray(0, 8);
  const ordered = [...sections].sort(([one], [other]) => place(one) - place(other));
  return Buffer.concat([header, ...ordered.flatMap(([id, bytes]) => [Uint8Array.of(id, ...u32(bytes.length)), bytes])]);
}

/** Sections come in the order of their numbers, but for these two. */
const place = (id: number): number => (id === 12 ? 9.5 : id === 13 ? 5.5 : id);

function sectionsOf(module: Uint8Array): Map<number, Uint8Array> {
  const reader = new WasmBytes(module, 8);
  const sections = new Map<number, Uint8Array>();
  while (reader.at < module.length) {
    const [id, size] = [reader.byte(), reader.u32()];
    const bytes = reader.take(size);
    if (id !== Section.custom) sections.set(id, bytes);
  }
  return sections;
}

function importsOf(section: WasmBytes): { functions: number; globals: number } {
  const kinds = section.vector(() => {
    section.text();
    section.text();
    const kind = section.byte();
    if (kind === Kind.table || kind === Kind.global) section.byte();
    if (kind === Kind.table || kind === Kind.memory) section.skipNumbers(section.byte() & 1 ? 2 : 1);
    else section.skipNumbers(1);
    return kind;
  });
  const count = (wanted: number) => kinds.filter((kind) => kind === wanted).length;
  return { functions: count(Kind.function), globals: count(Kind.global) };
}

function exportsOf(section: WasmBytes): { name: string; index: number; bytes: Uint8Array }[] {
  return section.vector(() => {
    const start = section.at;
    const name = section.text();
    section.byte();
    const index = section.u32();
    return { name, index, bytes: section.bytes.subarray(start, section.at) };
  });
}

function appended(section: WasmBytes, entry: readonly number[]): Uint8Array {
  const count = section.u32() + 1;
  return Buffer.concat([Uint8Array.from(u32(count)), section.bytes.subarray(section.at), Uint8Array.from(entry)]);
}

function countingCode(section: WasmBytes, counter: number, more: readonly number[]): Uint8Array {
  const bodies = section.vector(() => countingBody(section.take(section.u32()), counter));
  const all = [...bodies, Uint8Array.from(more)];
  return Buffer.concat([
    Uint8Array.from(u32(all.length)),
    ...all.flatMap((body) => [Uint8Array.from(u32(body.length)), body]),
  ]);
}

function countingBody(body: Uint8Array, counter: number): Uint8Array {
  const code = new WasmBytes(body);
  code.vector(() => [code.u32(), code.byte()]);
  const parts: Uint8Array[] = [];
  let [copied, count] = [0, 0];
  while (code.at < body.length) {
    const start = code.at;
    const op = readInstruction(code);
    if (!MARKS.has(op)) count++;
    if (!BOUNDS.has(op) || count === 0) continue;
    const global = u32(counter);
    const add = [Op.globalGet, ...global, Op.i64Const, ...s64(count), Op.i64Add, Op.globalSet, ...global];
    parts.push(body.subarray(copied, start), Uint8Array.from(add));
    [copied, count] = [start, 0];
  }
  return Buffer.concat([...parts, body.subarray(copied)]);
}
