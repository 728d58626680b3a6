import { Failure } from "@wasm-header-filter/cli";
import { leb, Reader } from "./bytes.ts";
import type { CoreModule } from "./core-module.ts";

/** The words of a class's record (`JSClass` of quickjs-ng): number, name, finalizer, mark function, call function, exotic methods. */
const RECORD = 6;
const CALL = 4;

/** The number of QuickJS's own classes: a table of classes has at least as many. */
const OWN_CLASSES = 65;

/** The class of the functions that `bind` creates (`JS_CLASS_BOUND_FUNCTION`), after those of C and of JavaScript; the latter has no function. */
const BOUND = 14;
const JAVASCRIPT = 13;

/** Where `runtime/quickjs.wat` finds the functions that call bound functions and imports. */
const CALL_BOUND = 4;
const CALL_IMPORT = 12;

/**
 * Makes the engine call the component's imports through another function of its table. In JavaScript, imports are objects of a callable
 * class. It is the last callable one in the runtime's table of classes, because an embedder's classes follow the engine's.
 *
 * @param memory the component's initial memory, which is changed in place
 * @param slot where the function is in the engine's table
 * @throws Failure if the table of classes is not the expected one
 */
export function directCalls(memory: Uint8Array, slot: number): void {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >> 2);
  const found: { at: number; classes: number }[] = [];
  for (let at = 0; at < words.length; at++) {
    // Class numbers start with 1.
    let classes = 0;
    while (words[at + classes * RECORD] === classes + 1) classes++;
    if (classes > OWN_CLASSES) found.push({ at, classes });
  }
  const [table] = found;
  const calls = Array.from({ length: table?.classes ?? 0 }, (_, index) => (table?.at ?? 0) + index * RECORD + CALL);
  const called = (id: number) => words[calls[id - 1] ?? 0] ?? 0;
  const last = calls.filter((call) => words[call] !== 0).at(-1);
  const own = last !== undefined && last > (calls[OWN_CLASSES] ?? 0);
  if (!own || !called(BOUND) || called(JAVASCRIPT) || found.length > 1)
    throw new Failure(
      `cannot call QuickJS's functions directly: found ${found.length} tables of classes in the component's memory instead of one with classes of the component's own; see src/direct-calls.ts`,
    );
  words[CALL_BOUND >> 2] = called(BOUND);
  words[CALL_IMPORT >> 2] = words[last] ?? 0;
  words[last] = slot;
}

const TABLE = 4;
const FUNCREF = 0x70;

/**
 * Adds a slot to a module's table of functions.
 *
 * @returns the module, and the index of the slot
 */
export function withSlot(module: CoreModule): { bytes: Uint8Array; slot: number } {
  const reader = new Reader(module.sections.find(({ id }) => id === TABLE)?.body ?? new Uint8Array());
  const [count, type, limits] = reader.done ? [] : reader.take(3);
  if (count !== 1 || type !== FUNCREF || limits !== 0)
    throw new Failure(
      "cannot lower the component: expected one table of functions without a maximum; see src/direct-calls.ts",
    );
  const slot = reader.u32();
  return { bytes: module.withSection(TABLE, [count, type, limits, ...leb(slot + 1)]), slot };
}
