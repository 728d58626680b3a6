import type { LogLine } from "proxy-wasm-host";
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
  readonly name: string;
  readonly plugin: string;
  /** Whether it was set to `by`; else that was added. */
  readonly set: boolean;
  readonly by: bigint;
  readonly value: bigint;
}

const NOTHING: readonly never[] = [];

/** What is kept of a log: plain data, which threads can hand over. */
export interface LogData {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly detailed: boolean;
  readonly calls: readonly Call[];
  readonly lines: readonly LoggedLine[];
  readonly metrics: readonly MetricChange[];
  readonly memoryPages: readonly (readonly [plugin: string, pages: number])[];
  readonly spent: number;
  readonly hostCalls: number;
  readonly dropped: number;
  readonly bytes: number;
}

/** The calls, log lines and metric changes of one exchange, or of one call outside any. */
export class CallLog implements LogData {
  /** Milliseconds since 1970, and of `performance.now()`. */
  readonly time = Date.now();
  readonly began = performance.now();
  readonly calls: Call[] = [];
  lines: readonly LoggedLine[] = NOTHING;
  metrics: readonly MetricChange[] = NOTHING;
  readonly secrets: Secrets;
  /** Pages of linear memory after the last callback, by plugin. */
  memoryPages: readonly (readonly [plugin: string, pages: number])[] = NOTHING;
  /** Microseconds that modules ran. */
  spent = 0;
  hostCalls = 0;
  dropped = 0;
  bytes = 500;

  /** Whether calls are kept; else they are counted. */
  readonly detailed: boolean;

  constructor(redaction: Redaction, detailed = true) {
    this.detailed = detailed;
    this.secrets = new Secrets(redaction);
  }

  /** Microseconds since the beginning. */
  get elapsed(): number {
    return Math.round((performance.now() - this.began) * 1000);
  }

  /** What it holds, to be handed over. */
  data(): LogData {
    const { time, detailed, calls, lines, metrics, memoryPages, spent, hostCalls, dropped, bytes } = this;
    return { time, detailed, calls, lines, metrics, memoryPages, spent, hostCalls, dropped, bytes };
  }

  add(call: Call): void {
    if (call.ofHost) this.hostCalls++;
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
    // The secrets of a request that is only counted are not known yet.
    if (!this.detailed) {
      this.dropped++;
      return;
    }
    const clean = this.secrets.clean(line.message);
    const message =
      clean.length > LONGEST ? `${clean.slice(0, LONGEST)}... (${line.message.length} characters)` : clean;
    if (this.#room(message.length + 100))
      this.lines = [...this.lines, { at: this.elapsed, line: { ...line, message } }];
  }

  changed(change: MetricChange): void {
    if (this.#room(100)) this.metrics = [...this.metrics, change];
  }

  /** Notes the size of a plugin's memory. */
  sized(plugin: string, pages: number): void {
    const known = this.memoryPages.find(([name]) => name === plugin);
    if (known?.[1] === pages) return;
    this.memoryPages = [...this.memoryPages.filter((one) => one !== known), [plugin, pages]];
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
