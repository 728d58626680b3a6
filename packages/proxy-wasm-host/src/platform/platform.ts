import type { Compression } from "./compression.ts";
import type { Signatures } from "./signatures.ts";
import type { Watchdog } from "./watchdog.ts";

/** What the engine needs of what it runs on. */
export interface Platform {
  /** Fills an array of up to 64 KiB with random bytes. */
  fillRandom(bytes: Uint8Array): void;
  /** Nanoseconds since 1970. */
  wallClock(): bigint;
  /** Nanoseconds since some moment; never goes back. */
  monotonicClock(): bigint;
  /**
   * Calls back once, after some time.
   *
   * @param milliseconds up to 2^31 - 1
   * @returns what cancels it
   */
  startTimer(milliseconds: number, action: () => void): () => void;
  /** Calls back soon, once what runs has ended. */
  enqueue(action: () => void): void;
  /** Without it, modules find no foreign functions `compress` and `uncompress`. */
  readonly compression?: Compression;
  /** Without it, modules find no foreign functions `verify_signature` and `sign`. */
  readonly signatures?: Signatures;
  /**
   * Makes what stops a callback that runs too long; without it, `callbackTimeout` is refused.
   *
   * @param limit milliseconds
   */
  watchdog?(limit: number): Watchdog;
}
