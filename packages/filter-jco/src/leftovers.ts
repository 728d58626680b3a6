/** The size of the links at the start of a freed block; the rest of the block is unchanged. */
const LINKS = 64;

/**
 * Clears the engine's freed copy of the script, which would make the module larger.
 *
 * @param memory the component's initial memory, which is changed in place
 * @param script the script that the component was built from
 */
export function clearScript(memory: Uint8Array, script: string): void {
  const text = Buffer.from(script);
  const rest = text.subarray(LINKS);
  if (rest.length < LINKS) return;
  const bytes = view(memory);
  for (let at = bytes.indexOf(rest); at >= 0; at = bytes.indexOf(rest, at + rest.length)) {
    // A complete copy is in use.
    const freed = at < LINKS || !bytes.subarray(at - LINKS, at).equals(text.subarray(0, LINKS));
    if (freed) bytes.fill(0, at, at + rest.length);
  }
}

/** The distance, in words, from the length of a function's source to its address in the function's record (`JSFunctionBytecode` of quickjs-ng). */
const LENGTH_BEFORE = 3;

/**
 * Clears the functions' sources, which QuickJS keeps only for `toString`; a function then prints like a native one. A record is recognised
 * by its source, which is a part of the script with the recorded length.
 *
 * @param memory as in {@link clearScript}
 * @param script as in {@link clearScript}
 */
export function clearSources(memory: Uint8Array, script: string): void {
  const text = Buffer.from(script);
  const bytes = view(memory);
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >> 2);
  for (let at = LENGTH_BEFORE; at < words.length; at++) {
    const source = words[at] ?? 0;
    const length = words[at - LENGTH_BEFORE] ?? 0;
    if (source === 0 || length === 0 || length > text.length || source + length >= bytes.length) continue;
    const piece = bytes.subarray(source, source + length);
    if (bytes[source + length] !== 0 || !/=>|[({]/.test(piece.toString("latin1")) || !text.includes(piece)) continue;
    piece.fill(0);
    words[at - LENGTH_BEFORE] = 0;
    words[at] = 0;
  }
}

function view(memory: Uint8Array): Buffer {
  return Buffer.from(memory.buffer, memory.byteOffset, memory.length);
}
