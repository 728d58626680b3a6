import type { Metric } from "../metrics.ts";
import type { LogLine } from "../services.ts";
import type { Call, Taken } from "./call.ts";
import { type Redaction, Secrets } from "./redaction.ts";

/** What one exchange may hold, in bytes: more calls are counted, not kept. */
const MAX_BYTES = 1024 * 1024;

/** How many bytes a call takes besides its texts, about. */
const CALL_BYTES = 200;

/** How much of a log line is kept, in characters. */
const LONGEST = 4096;

/** A line of the log and when it was written. */
interface LoggedLine {
  readonly at: number;
  readonly line: LogLine;
}

/** What a module has done to a metric. */
interface MetricChange {
  readonly metric: Metric;
  readonly plugin: string;
  /** `increment` adds `by`, `record` may set. */
  readonly increment: boolean;
  readonly by: bigint;
  readonly value: bigint;
}

/** The calls, log lines and metric changes of one exchange, or of one call outside any. */
export class CallLog {
  /** Milliseconds since 1970, and of `performance.now()`. */
  readonly time = Date.now();
  readonly began = performance.now();
  readonly calls: Call[] = [];
  readonly lines: LoggedLine[] = [];
  readonly metrics: MetricChange[] = [];
  readonly secrets: Secrets;
  /** Pages of linear memory after the last callback, by plugin. */
  readonly memoryPages = new Map<string, number>();
  /** Milliseconds that modules ran. */
  spent = 0;
  hostCalls = 0;
  dropped = 0;
  bytes = 500;

  constructor(redaction: Redaction) {
    this.secrets = new Secrets(redaction);
  }

  add(call: Call): void {
    if (call.fn) this.hostCalls++;
    if (this.#room(CALL_BYTES)) this.calls.push(call);
  }

  /** Counts what a call holds; without room for it, it is not kept. */
  keep<Kept extends readonly Taken[] | undefined>(taken: Kept): Kept | undefined {
    if (taken === undefined) return undefined;
    let size = 0;
    for (const one of taken) {
      if (typeof one === "string") size += one.length;
      else if (typeof one === "object") for (const [name, value] of one) size += name.length + value.length + 64;
    }
    return this.#room(size) ? taken : undefined;
  }

  log(line: LogLine): void {
    const clean = this.secrets.clean(line.message);
    const message =
      clean.length > LONGEST ? `${clean.slice(0, LONGEST)}... (${line.message.length} characters)` : clean;
    if (this.#room(message.length + 100)) this.lines.push({ at: performance.now(), line: { ...line, message } });
  }

  changed(change: MetricChange): void {
    if (this.#room(100)) this.metrics.push(change);
  }

  #room(bytes: number): boolean {
    if (this.bytes + bytes > MAX_BYTES) {
      this.dropped++;
      return false;
    }
    this.bytes += bytes;
    return true;
  }
}
