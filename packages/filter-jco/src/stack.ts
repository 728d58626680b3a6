import { Failure } from "@wasm-header-filter/cli";

/** Where the stack ends and data begins: wit-component links a component's libraries so. */
const STACK_BYTES = 1 << 20;

/**
 * What a script may take of the stack. The engine runs on two: this one, which it can measure, and the proxy's own, which it can't, and
 * whose end is a trap. Where QuickJS itself recurses (`JSON.parse`), a level takes several times as much of the other.
 */
const SCRIPT_BYTES = 64 << 10;

/** QuickJS's default for the memory after which it looks for cycles; the runtime has it shortly before its stack's bounds. */
const GARBAGE_BYTES = 256 << 10;

/** Where that stands in the runtime's record (`JSRuntime.malloc_gc_threshold`), in bytes. */
const THRESHOLD = 624;

/** Where the runtime's address is left for `runtime/quickjs.wat`: at the stack's far end. */
const RUNTIME = 8;

/**
 * Gives QuickJS a limit for its stack, so that endless recursion ends as an exception that the script can catch. Built for WASI, the engine
 * starts without one, and a component has no way to ask for it: its runtime's record is changed where it lies in the snapshot. Where that
 * is is noted, for the jobs of promises to be found.
 *
 * @param memory the component's memory at rest, which is changed in place: what lies on the stack is dead, and cleared
 * @throws Failure if the record isn't where and what it was
 */
export function limitStack(memory: Uint8Array): void {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >> 2);
  memory.fill(0, 0, STACK_BYTES);
  const found: number[] = [];
  for (let at = STACK_BYTES >> 2; at + 3 < words.length; at++) {
    // The threshold, then size, top and limit of the stack; no size means no limit.
    const [threshold, size, top = 0, limit] = words.subarray(at, at + 4);
    const near = top > STACK_BYTES - 4096 && top <= STACK_BYTES;
    if (threshold === GARBAGE_BYTES && size === 0 && near && limit === 0) found.push(at);
  }
  const [at] = found;
  if (at === undefined || found.length > 1)
    throw new Failure(
      `cannot limit QuickJS's stack: found ${found.length} records of its bounds in the component's memory instead of one; see src/stack.ts`,
    );
  words[RUNTIME >> 2] = at * 4 - THRESHOLD;
  words[at + 1] = SCRIPT_BYTES;
  words[at + 3] = (words[at + 2] ?? 0) - SCRIPT_BYTES;
}
