/** A freed block's links to others of its kind, at its start; the rest of it is as it was. */
const LINKS = 64;

/**
 * Clears the copy of the script that the engine was given and has freed, which would be a part of the module for nothing.
 *
 * @param memory the component's memory at rest, which is changed in place
 * @param script what the component was built of
 */
export function clearScript(memory: Uint8Array, script: string): void {
  const text = Buffer.from(script);
  const rest = text.subarray(LINKS);
  if (rest.length < LINKS) return;
  const bytes = view(memory);
  for (let at = bytes.indexOf(rest); at >= 0; at = bytes.indexOf(rest, at + rest.length)) {
    // One that is whole is in use.
    const freed = at < LINKS || !bytes.subarray(at - LINKS, at).equals(text.subarray(0, LINKS));
    if (freed) bytes.fill(0, at, at + rest.length);
  }
}

/** Where a function's record has the length of its source before the address of it, in words (`JSFunctionBytecode` of quickjs-ng). */
const LENGTH_BEFORE = 3;

/**
 * Clears the functions' sources, which QuickJS keeps for `toString` alone: a function then prints as one of the engine's own does. A record
 * is known by its source, which is a piece of the script, of the length that it says.
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
