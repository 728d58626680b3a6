import { Failure } from "@wasm-header-filter/cli";

/** Where the stack ends and data begins, by wit-component's layout of a component's libraries. */
const STACK_BYTES = 1 << 20;

/**
 * The part of the stack that a script may use. The engine uses two stacks: this one, which it can measure, and the proxy's own, which it
 * cannot measure and whose overflow is a trap. When QuickJS itself recurses (`JSON.parse`), a level needs several times as much of the other.
 */
const SCRIPT_BYTES = 64 << 10;

/**
 * QuickJS's threshold for collecting cycles, which is shortly before the stack's bounds in the runtime's record: it starts with this, and grows
 * when cycles are collected, to half as much again as is in use.
 */
const GARBAGE_BYTES = 256 << 10;

/** The offset of the threshold in the runtime's record (`JSRuntime.malloc_gc_threshold`), in bytes. */
const THRESHOLD = 624;

/** The runtime's record begins with this many functions, for memory (`JSRuntime.mf`): small numbers, as places in the table of functions. */
const FUNCTIONS = 5;
const TABLE = 1 << 16;

/** Where `runtime/quickjs.wat` finds the runtime's address: at the far end of the stack. */
const RUNTIME = 8;

/**
 * Limits QuickJS's stack, so that endless recursion throws an exception that the script can catch. Built for WASI, the engine starts without
 * a limit, and a component cannot set one; so this changes the runtime's record in the snapshot. It also stores the record's address, for
 * the jobs of promises.
 *
 * @param memory the component's initial memory, which is changed in place; the stack is unused and is cleared
 * @throws Failure if the record is not found
 */
export function limitStack(memory: Uint8Array): void {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >> 2);
  memory.fill(0, 0, STACK_BYTES);
  const found: number[] = [];
  for (let at = STACK_BYTES >> 2; at + 3 < words.length; at++) {
    // The threshold, then size, top and limit of the stack; size 0 means no limit.
    const [threshold = 0, size, top = 0, limit] = words.subarray(at, at + 4);
    const near = top > STACK_BYTES - 4096 && top <= STACK_BYTES;
    const isThreshold = threshold >= GARBAGE_BYTES && threshold <= 1.5 * memory.length;
    if (isThreshold && size === 0 && near && limit === 0 && beginsWithFunctions(words, at - THRESHOLD / 4))
      found.push(at);
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

function beginsWithFunctions(words: Uint32Array, at: number): boolean {
  return at >= 0 && words.subarray(at, at + FUNCTIONS).every((word) => word > 0 && word < TABLE);
}
