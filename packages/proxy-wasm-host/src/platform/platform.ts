import type { Compression } from "./compression.ts";
import type { Signatures } from "./signatures.ts";
import type { Watchdog } from "./watchdog.ts";

/** What the engine needs of a JavaScript runtime. */
export interface Platform {
  /** Fills an array of up to 64 KiB with random bytes. */
  fillRandom(bytes: Uint8Array): void;
  /** Nanoseconds since 1970, as fine as the runtime has them: see `fineClock`. */
  wallClock(): bigint;
  /** Nanoseconds since any fixed moment; never goes back. */
  monotonicClock(): bigint;
  /**
   * Calls a function once, after some time.
   *
   * @param milliseconds up to 2^31 - 1
   * @returns cancels the timer
   */
  startTimer(milliseconds: number, action: () => void): () => void;
  /** Calls a function soon, after the running code has returned. */
  enqueue(action: () => void): void;
  /** For the foreign functions `compress` and `uncompress`, which are not there without it. */
  readonly compression?: Compression;
  /** For the foreign functions `verify_signature` and `sign`, which are not there without it. */
  readonly signatures?: Signatures;
  /**
   * Reads a plugin's source map, so that log lines and traps name positions in its sources. Without it, they name those in the module.
   *
   * @param map the content of the module's source map
   * @returns a function that replaces the positions in a text, such as `function.mjs:47:49` or `wasm-function[3]:0x1a2b`
   * @throws Error if it is no source map
   */
  sourceMap?(map: Uint8Array): (text: string) => string;
  /**
   * Creates a watchdog, for `callbackTimeout`.
   *
   * @param limit milliseconds that a callback can take: of CPU time where that can be measured
   */
  watchdog?(limit: number): Watchdog;
}
