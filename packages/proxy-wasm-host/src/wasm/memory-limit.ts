import { concat } from "../abi/bytes.ts";
import { Reader, SECTION } from "./binary.ts";

const PAGE_BYTES = 65536;

/** How many whole pages of memory a number of bytes comes to. */
export const wholePages = (bytes: number): number => Math.floor(bytes / PAGE_BYTES);

/** Envoy's limit of a VM's linear memory: 1 GiB (proxy-wasm-cpp-host, include/proxy-wasm/limits.h). */
export const MEMORY_LIMIT_BYTES = 1024 ** 3;
export const MEMORY_LIMIT_PAGES = wholePages(MEMORY_LIMIT_BYTES);

const HAS_MAXIMUM = 1;

/**
 * Lowers the maximum of the memories that a module defines, so that `memory.grow` gives -1 beyond it, as in Envoy.
 *
 * @param bytes a valid module whose memories start below the limit
 * @param pages the limit, in pages of 64 KiB
 */
export function limitMemories(bytes: Uint8Array, pages: number): Uint8Array {
  const reader = new Reader(bytes, 8);
  while (!reader.done) {
    const begin = reader.at;
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    if (id === SECTION.memory) {
      const memories = reader.list(() => memoryType(reader, pages));
      const content = [...leb(memories.length), ...memories.flat()];
      const section = [SECTION.memory, ...leb(content.length), ...content];
      return concat([bytes.subarray(0, begin), Uint8Array.from(section), bytes.subarray(end)]);
    }
    reader.at = end;
  }
  return bytes;
}

function memoryType(reader: Reader, pages: number): number[] {
  const flags = reader.peek();
  const { initial, maximum = pages } = reader.limits();
  return [flags | HAS_MAXIMUM, ...leb(initial), ...leb(Math.min(maximum, pages))];
}

/** A number as unsigned LEB128. */
function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...leb(Math.floor(value / 0x80))];
}
