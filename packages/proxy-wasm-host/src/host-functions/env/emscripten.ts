import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { hostFunction } from "../host-function.ts";

/** Whether two threads are the same: 1 or 0. */
const pthreadEqual = hostFunction(ENV_FUNCTIONS.pthread_equal, () => (left, right) => (left === right ? 1 : 0));

/** Does nothing: the host sees that the memory has grown. */
const notifyMemoryGrowth = hostFunction(ENV_FUNCTIONS.emscripten_notify_memory_growth, () => () => undefined);

/** What Emscripten imports besides WASI (proxy-wasm-cpp-host, src/exports.cc). */
export const emscriptenFunctions = [pthreadEqual, notifyMemoryGrowth];
