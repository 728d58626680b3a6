import { enableCompileCache } from "node:module";
import { setFlagsFromString } from "node:v8";

// Only modules that are imported after this are cached: a command's file imports it first and its main module dynamically. Without a folder
// that can be written to, the command runs without a cache.
enableCompileCache();

// A thread of V8 that compiles may wait for a garbage collection of the main thread while the main thread, in process.exit(), waits for
// that thread: such a process never ends.
setFlagsFromString("--no-concurrent-sparkplug");
