import { fineClock } from "./fine-clock.ts";
import type { Platform } from "./platform.ts";

const NANOSECONDS = 1_000_000;

const monotonicClock = () => BigInt(Math.round(performance.now() * NANOSECONDS));

/** What browsers and all JavaScript runtimes have. Without compression, signatures and a watchdog. */
export const standardPlatform: Platform = {
  fillRandom: (bytes) => {
    crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
  },
  wallClock: fineClock(monotonicClock, () => Date.now()),
  monotonicClock,
  startTimer: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
  enqueue: (action) => {
    setTimeout(action, 0);
  },
};
