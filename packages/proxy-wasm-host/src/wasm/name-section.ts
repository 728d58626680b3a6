const FUNCTION_NAMES = 1;

/**
 * Whether Envoy's parser fails on a name section. Engines ignore errors in it, Envoy refuses the module (proxy-wasm-cpp-host,
 * src/bytecode_util.cc, getFunctionNameIndex).
 *
 * @param data the section without its name
 */
export function nameSectionFault(data: Uint8Array): boolean {
  let at = 0;
  /** An unsigned LEB128 number of at most 5 bytes, or undefined past the end. */
  const u32 = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = data[at++];
      if (byte === undefined || (shift === 28 && (byte & 0x7f) > 3)) return undefined;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  const names = (end: number): boolean => {
    const count = u32();
    if (count === undefined || at + count > data.length) return false;
    for (let left = count; left > 0; left--) {
      const index = u32();
      const size = u32();
      if (index === undefined || size === undefined || at + size > data.length) return false;
      at += size;
    }
    return at === end;
  };
  while (at < data.length) {
    const id = data[at++];
    const size = u32();
    if (size === undefined || at + size > data.length) return true;
    const end = at + size;
    if (id === FUNCTION_NAMES && !names(end)) return true;
    at = end;
  }
  return false;
}
