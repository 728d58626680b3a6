import { concat, encodeSection, leb, Reader, sections } from "./bytes.ts";

const DATA = 11;
const DATA_COUNT = 12;

/** The bytes of a segment besides its content: a run of zeros that is not longer is written out. */
const SEGMENT = 9;

/**
 * Rewrites a module's data with the fewest bytes. The engine's snapshot has thousands of segments, one after each small gap.
 *
 * @param module a module whose data segments are all active, at constant addresses, in one memory that starts as zeros
 * @param edit may change the initial memory
 */
export function packData(module: Uint8Array, edit: (memory: Uint8Array) => void): Uint8Array {
  const all = sections(module);
  const data = all.find(({ id }) => id === DATA);
  if (!data) return module;
  const reader = new Reader(data.body);
  const segments = reader.list(() => {
    const [kind, opcode] = reader.take(2);
    if (kind !== 0 || opcode !== 0x41)
      throw new RangeError("a data segment that is passive, or not at a constant address");
    const address = reader.u32();
    reader.u8();
    return { address, bytes: reader.take(reader.u32()) };
  });
  const size = Math.max(...segments.map(({ address, bytes }) => address + bytes.length));
  const memory = new Uint8Array(Math.ceil(size / 4) * 4);
  for (const { address, bytes } of segments) memory.set(bytes, address);
  edit(memory);
  const packed = runs(memory).flatMap(([start, end]) => [
    Uint8Array.from([0, 0x41, ...signedLeb(start), 0x0b, ...leb(end - start)]),
    memory.subarray(start, end),
  ]);
  const count = packed.length / 2;
  const replaced = encodeSection(DATA, concat([Uint8Array.from(leb(count)), ...packed]));
  return concat([
    module.subarray(0, 8),
    ...all.map(({ id, whole }) => (id === DATA ? replaced : id === DATA_COUNT ? encodeSection(id, leb(count)) : whole)),
  ]);
}

/** The ranges of memory that are not zero, including short gaps. */
function runs(memory: Uint8Array): [start: number, end: number][] {
  const found: [number, number][] = [];
  let last: [number, number] | undefined;
  for (let at = 0; at < memory.length; at++) {
    if (memory[at] === 0) continue;
    if (last && at - last[1] < SEGMENT) last[1] = at + 1;
    else {
      last = [at, at + 1];
      found.push(last);
    }
  }
  return found;
}

function signedLeb(value: number): number[] {
  const bytes = leb(value);
  const last = bytes.at(-1) ?? 0;
  // The top bit of the last group would be the sign.
  return last & 0x40 ? [...bytes.slice(0, -1), last | 0x80, 0] : bytes;
}
