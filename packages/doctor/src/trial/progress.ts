import type { LogLine } from "proxy-wasm-host";
import type { CallCount, Inspected, Report, RequestCost, TrialEnd, Use } from "./report.ts";

/** Why a trial did not end by itself: one step, or all of them, took too long; the host was full; or the process failed. */
export interface TrialStop {
  readonly reason: "step" | "time" | "memory" | "crash";
  /** The callback that was running, {@link COMPILATION} or {@link START_FUNCTION}. */
  readonly step: string;
  /** How long it took, how much was kept, or how the process failed. */
  readonly detail: string;
}

/** The result of trying a module. */
export interface Trial extends Omit<TrialEnd, "state" | "error"> {
  /** `unfinished`: it did not end by itself. */
  readonly state: TrialEnd["state"] | "unfinished";
  /** Why it was refused or has failed, or what ended the trial. */
  readonly error: string | undefined;
  /** The first lines; `counts` has their number. */
  readonly log: readonly LogLine[];
  /** The requests that were sent, without those after a failure. */
  readonly requests: readonly RequestCost[];
  /** The host calls of each stage: `start`, and each request. */
  readonly counts: ReadonlyMap<string, readonly CallCount[]>;
  /** What the module has used by name. */
  readonly uses: readonly Use[];
  readonly stop?: TrialStop;
}

/** What is known of a module after a trial. */
export interface Tried {
  /** Undefined if the trial was ended before. */
  readonly inspected: Inspected | undefined;
  /** Undefined if the module does not load. */
  readonly trial: Trial | undefined;
}

/** What the reports of one trial come to. */
export class Progress {
  step = "";
  /** How many steps have begun. */
  steps = 0;
  #inspected: Inspected | undefined;
  #full: number | undefined;
  #end: TrialEnd | undefined;
  readonly #log: LogLine[] = [];
  readonly #uses: Use[] = [];
  readonly #counts = new Map<string, readonly CallCount[]>();
  readonly #requests: RequestCost[] = [];

  take(report: Report): void {
    switch (report.is) {
      case "step":
        this.step = report.name;
        this.steps++;
        break;
      case "inspected":
        this.#inspected = report.inspected;
        break;
      case "line":
        this.#log.push(report.line);
        break;
      case "use":
        this.#uses.push(report.use);
        break;
      case "counts":
        this.#counts.set(report.stage, report.counts);
        break;
      case "request":
        this.#requests.push(report.request);
        break;
      case "full":
        this.#full = report.bytes;
        break;
      case "tried":
        this.#end = report.end;
        break;
    }
  }

  /** Why the process has ended although nobody has ended it. */
  stop(failure: string): TrialStop {
    const full = this.#full ?? (failure.includes("out of memory") ? 2 * 1024 ** 3 : undefined);
    if (full !== undefined) return { reason: "memory", step: this.step, detail: String(full) };
    return { reason: "crash", step: this.step, detail: failure };
  }

  trial(stop?: TrialStop): Trial {
    const { state = "unfinished", error, ...end } = this.#end ?? {};
    return {
      failures: [],
      refusedConfiguration: false,
      readConfiguration: false,
      memoryPages: 0,
      ...end,
      state,
      error: stop ? `${stop.step}: ended after ${stop.detail}` : error,
      log: this.#log,
      requests: this.#requests,
      counts: this.#counts,
      uses: this.#uses,
      ...(stop && { stop }),
    };
  }

  result(stop: TrialStop | undefined): Tried {
    const tried = stop || this.#inspected?.loads;
    return { inspected: this.#inspected, trial: tried ? this.trial(stop) : undefined };
  }
}
