import { processorTime } from "./processor-time.ts";
import type { Progress, TrialStop } from "./progress.ts";
import { COMPILATION } from "./report.ts";
import type { TrialProcess } from "./trial-process.ts";

/** When a trial is ended; times in milliseconds. */
export interface TrialLimits {
  /** The processor time of one callback, of the compilation, or of the start function. */
  readonly step: number;
  /** The time of one step by the clock. */
  readonly stepByClock: number;
  /** The processor time of all steps. */
  readonly all: number;
  /** How many bytes the module may make its host keep: heap and buffers, but not the module's own memory. */
  readonly kept: number;
}

export const LIMITS: TrialLimits = { step: 30_000, stepByClock: 35_000, all: 60_000, kept: 1024 ** 3 };

/** How often the limits are looked at, in milliseconds. */
const LOOK = 100;

/**
 * Ends a process when its time is over.
 *
 * @returns `end` stops watching, and says why the process was ended; undefined if it was not
 */
export function watchTime(
  process: TrialProcess,
  progress: Progress,
  limits: TrialLimits,
): { end(): TrialStop | undefined } {
  const used = () => processorTime(process.pid) ?? performance.now();
  let start = used();
  let [step, stepStart, stepClock] = [progress.steps, start, performance.now()];
  let stop: TrialStop | undefined;
  const timer = setInterval(() => {
    const now = used();
    // Before the first step, it is the process that starts.
    if (step === 0) start = now;
    if (step !== progress.steps) [step, stepStart, stepClock] = [progress.steps, now, performance.now()];
    const passed = [
      [limits.step, step === 0 ? 0 : now - stepStart],
      [limits.stepByClock, performance.now() - stepClock],
    ].find(([limit = 0, time = 0]) => time > limit)?.[0];
    if (passed === undefined && now - start < limits.all) return;
    stop = {
      reason: passed !== undefined && step > 0 && progress.step !== COMPILATION ? "step" : "time",
      step: progress.step,
      detail: `${(passed ?? limits.all) / 1000} s`,
    };
    process.end();
  }, LOOK);
  return {
    end() {
      clearInterval(timer);
      return stop;
    },
  };
}
