const CODE_SECTION = 10;
const HEADER = 8;

/**
 * The size of a core module's code section.
 *
 * @returns bytes; 0 if there is none, or the sections cannot be read
 */
export function codeSize(module: Uint8Array): number {
  let at = HEADER;
  while (at < module.length) {
    const id = module[at++];
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = module[at++] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
      more = byte >= 0x80;
    }
    if (id === CODE_SECTION) return Math.min(size, module.length - at);
    at += size;
  }
  return 0;
}
