import { randomFillSync } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { tracer } from "@wasm-header-filter/source-maps";
import { fineClock, type Platform } from "proxy-wasm-host";
import { signatures } from "./signatures.ts";
import { v8Watchdog } from "./v8-watchdog.ts";

/** The engine's platform on Node. Its timers do not keep the process alive. */
export const nodePlatform: Platform = {
  fillRandom: (bytes) => {
    randomFillSync(bytes);
  },
  wallClock: fineClock(process.hrtime.bigint, () => Date.now()),
  monotonicClock: process.hrtime.bigint,
  startTimer: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds).unref();
    return () => clearTimeout(timer);
  },
  enqueue: (action) => {
    setImmediate(action);
  },
  compression: {
    compress: (bytes) => deflateSync(bytes),
    uncompress: (bytes, limit) => inflateSync(bytes, { maxOutputLength: limit }),
  },
  signatures,
  sourceMap: (map) => tracer(new TextDecoder().decode(map)),
  watchdog: v8Watchdog,
};
