import type { Find, Progress } from "./find.ts";
import { fuzzModules } from "./fuzz-modules.ts";
import { fuzzSockets } from "./fuzz-sockets.ts";
import { http1Input } from "./http1-input.ts";
import { http2Input } from "./http2-input.ts";

/**
 * Runs a fuzzer.
 *
 * @param seed the first input's
 * @param until when to stop, in ms since 1970
 * @param tell called now and then
 * @returns what filter-host did not survive
 */
type Fuzzer = (seed: number, until: number, tell: (progress: Progress) => void) => Promise<Find<unknown>[]>;

/** The fuzzers by name. */
export const FUZZERS: Readonly<Record<string, Fuzzer>> = {
  http1: (...options) => fuzzSockets(http1Input, ...options),
  http2: (...options) => fuzzSockets(http2Input, ...options),
  modules: fuzzModules,
};
