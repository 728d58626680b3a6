import { parameter } from "../../abi/parameters.ts";
import { type HostFunction, hostFunction } from "../host-function.ts";

/** Whether two threads are the same: 1 or 0. */
const pthreadEqual = hostFunction(
  "pthread_equal",
  [parameter("left", "u32"), parameter("right", "u32")],
  () => (left, right) => (left === right ? 1 : 0),
  { false: 0, true: 1 },
);

/** Tells the host that the memory has grown, which it sees anyway. */
const notifyMemoryGrowth: HostFunction = {
  ...hostFunction("emscripten_notify_memory_growth", [parameter("memory", "u32")], () => () => undefined),
  type: { parameters: ["i32"], results: [] },
};

/** What Emscripten expects besides WASI (proxy-wasm-cpp-host, src/exports.cc). */
export const emscriptenFunctions = [pthreadEqual, notifyMemoryGrowth];
