/** Bytes of JavaScript objects and buffers in this process, after garbage collection if Node runs with `--expose-gc`. */
export function usedMemory(): number {
  // What finalizers free goes with the next collection.
  for (let times = 0; times < 3; times++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
