import { setFlagsFromString } from "node:v8";

// A thread of V8 that compiles may wait for a garbage collection of the main thread while the main thread, in process.exit(), waits for
// that thread: such a process never ends.
setFlagsFromString("--no-concurrent-sparkplug");
