import { callBound, settle } from "./guest";
import { allocate } from "./memory";

// The stream callbacks as JavaScript functions. An export of the component is looked up by its name at each call, and its arguments and result
// are converted through a generic type; a function that is kept is called directly.

/** By the callback's bit in the result of the component's `callbacks`. */
export const enum Callback {
  RequestHeaders,
  RequestBody,
  RequestTrailers,
  ResponseHeaders,
  ResponseBody,
  ResponseTrailers,
  Log,
  Count,
}

/** The upper half of a value that is a boolean; that of an integer is 0. */
const BOOLEAN: u64 = 1 << 32;

/** The offset of an object's class number (`JSObject.class_id`), and the class of the functions that `bind` creates. */
const CLASS: usize = 10;
const BOUND: u16 = 14;

/** A function for each callback, then two arguments. */
const SIZE: usize = 8 * (Callback.Count + 2);
let functions: usize = 0;
let context: usize = 0;

// @ts-ignore: decorator
@inline
export function kept(callback: Callback): bool {
  return functions != 0 && load<u64>(functions + 8 * callback) != 0;
}

/**
 * Keeps a function, if `bind` has created it: a filter may have replaced `bind`.
 *
 * @returns whether it does, as an integer of JavaScript
 */
export function keep(engine: usize, callback: u32, value: u64): u64 {
  if (load<u16>(<usize>value, CLASS) != BOUND) return 0;
  if (functions == 0) {
    functions = allocate(SIZE);
    memory.fill(functions, 0, SIZE);
  }
  context = engine;
  store<u64>(functions + 8 * callback, value);
  return 1;
}

/** Calls the function that is kept for a callback; it returns an action. */
export function run(callback: Callback, count: u32, endOfStream: u32): u32 {
  const values = functions + 8 * Callback.Count;
  store<u64>(values, count);
  store<u64>(values, BOOLEAN | <u64>(endOfStream != 0), 8);
  const result = callBound(context, load<u64>(functions + 8 * callback), 0, 2, values, 0);
  // It catches the filter's exceptions, so the result is an integer unless catching failed, too.
  if (result >> 32 != 0) unreachable();
  settle();
  return <u32>result;
}
