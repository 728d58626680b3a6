/**
 * A valid module that exports one empty function.
 *
 * @param name the export's name; by default the marker of Proxy-Wasm ABI 0.2.1
 * @param padding the size of a custom section, half text and half noise (the same each time), so that there is something to compress
 */
export function wasmModule(name = "proxy_abi_version_0_2_1", padding = 0): Uint8Array {
  const exported = [...new TextEncoder().encode(name)];
  let seed = 1;
  const noise = Array.from({ length: padding }, (_, i) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return i % 64 < 32 ? 97 + (i % 26) : seed >>> 24;
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, exported.length, ...exported, 0, 0]),
    ...section(10, [1, 2, 0, 0x0b]),
    ...(padding > 0 ? section(0, [1, 0x78, ...noise]) : []),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  const size = [0, 7, 14, 21].map((shift) => ((content.length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0));
  return [id, ...size, ...content];
}
