/** A frame of a module in a stack (WebAssembly Web API, "Conventions"). */
const FRAME = /wasm-function\[(\d+)\]:0x([0-9a-f]+)/;

/** How many frames are shown. */
const FRAMES = 3;

/**
 * Where a module trapped, in its sources.
 *
 * @param error what was thrown
 * @param shift how many bytes are before the module's code that its file does not have
 * @param positions replaces the positions in a text by those in the sources
 * @returns `, at check (assembly/index.ts:12:7)` and its callers, the innermost first; empty if the source map has none of them
 */
export function trapPlace(error: unknown, shift: number, positions: (text: string) => string): string {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  const frames = lines.map((line) => FRAME.exec(line));
  const innermost = frames.findIndex((frame) => frame !== null);
  const places: string[] = [];
  // Behind a frame of the host are those of other modules.
  for (const frame of frames.slice(Math.max(0, innermost))) {
    if (!frame || places.length === FRAMES) break;
    const [, index, offset = ""] = frame;
    const position = `wasm-function[${index}]:0x${(Number.parseInt(offset, 16) - shift).toString(16)}`;
    const place = positions(position);
    if (place !== position) places.push(`, at ${place}`);
  }
  return places.join("");
}
