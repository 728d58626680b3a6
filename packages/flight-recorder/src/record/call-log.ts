import type { LogLine } from "proxy-wasm-host";
import type { Call, CapturedValue } from "./call.ts";
import { type Redaction, Secrets } from "./redaction.ts";

/** The maximum size of a log in bytes. More calls are counted, not kept. */
const MAX_BYTES = 1024 * 1024;

/** The approximate size of a call without its texts. */
const CALL_BYTES = 200;

/** The maximum length of a log line in characters. */
const LONGEST = 4096;

/** A log line, and when it was written. */
interface LoggedLine {
  /** Microseconds since the log began. */
  readonly at: number;
  readonly line: LogLine;
}

/** A change of a metric by a module. */
interface MetricChange {
  readonly name: string;
  readonly plugin: string;
  /** Whether it was set to `by`. Otherwise `by` was added. */
  readonly set: boolean;
  readonly by: bigint;
  readonly value: bigint;
}

/** Shared by all logs without lines, metrics or memory, so that none of them allocates a list. */
const NOTHING: readonly never[] = [];

/** A log as plain data, which a worker can send to the main thread. */
export interface LogData {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whether calls are kept. Otherwise they are counted. */
  readonly detailed: boolean;
  readonly calls: readonly Call[];
  readonly lines: readonly LoggedLine[];
  readonly metrics: readonly MetricChange[];
  /** Pages of linear memory after the last callback, by plugin. */
  readonly memoryPages: readonly (readonly [plugin: string, pages: number])[];
  /** The time in modules, in microseconds. */
  readonly spent: number;
  readonly hostCalls: number;
  /** The number of calls, log lines and metric changes that were not kept. */
  readonly dropped: number;
  readonly bytes: number;
}

/** Records the calls, log lines and metric changes of one request, or of one callback outside of requests. */
export class CallLog implements LogData {
  readonly time = Date.now();
  /** Of `performance.now()`. */
  readonly began = performance.now();
  readonly calls: Call[] = [];
  lines: readonly LoggedLine[] = NOTHING;
  metrics: readonly MetricChange[] = NOTHING;
  readonly secrets: Secrets;
  memoryPages: readonly (readonly [plugin: string, pages: number])[] = NOTHING;
  spent = 0;
  hostCalls = 0;
  dropped = 0;
  bytes = 500;
  readonly detailed: boolean;

  constructor(redaction: Redaction, detailed = true) {
    this.detailed = detailed;
    this.secrets = new Secrets(redaction);
  }

  /** Microseconds since the log began. */
  get elapsed(): number {
    return Math.round((performance.now() - this.began) * 1000);
  }

  /** @returns the log as plain data */
  data(): LogData {
    const { time, detailed, calls, lines, metrics, memoryPages, spent, hostCalls, dropped, bytes } = this;
    return { time, detailed, calls, lines, metrics, memoryPages, spent, hostCalls, dropped, bytes };
  }

  /** Adds a call, or counts it if there is no space. */
  add(call: Call): void {
    if (call.ofHost) this.hostCalls++;
    if (this.#hasSpace(CALL_BYTES)) this.calls.push(call);
  }

  /**
   * Adds the size of the values of a call.
   *
   * @returns the values, or undefined if there is no space
   */
  keep<Kept extends readonly CapturedValue[] | undefined>(values: Kept): Kept | undefined {
    if (values === undefined) return undefined;
    let size = 0;
    for (const one of values) {
      if (typeof one === "string") size += one.length;
      else if (typeof one === "object") for (const [name, value] of one) size += name.length + value.length + 64;
    }
    return this.#hasSpace(size) ? values : undefined;
  }

  /** Adds a log line, with secrets masked. */
  log(line: LogLine): void {
    // Without the headers, the secrets in the line are not known.
    if (!this.detailed) {
      this.dropped++;
      return;
    }
    const clean = this.secrets.clean(line.message);
    const message =
      clean.length > LONGEST ? `${clean.slice(0, LONGEST)}... (${line.message.length} characters)` : clean;
    if (this.#hasSpace(message.length + 100))
      this.lines = [...this.lines, { at: this.elapsed, line: { ...line, message } }];
  }

  /** Adds a metric change. */
  changed(change: MetricChange): void {
    const name = this.secrets.clean(change.name);
    if (this.#hasSpace(100)) this.metrics = [...this.metrics, { ...change, name }];
  }

  /** Sets the size of a plugin's memory. */
  sized(plugin: string, pages: number): void {
    const known = this.memoryPages.find(([name]) => name === plugin);
    if (known?.[1] === pages) return;
    this.memoryPages = [...this.memoryPages.filter((one) => one !== known), [plugin, pages]];
  }

  #hasSpace(bytes: number): boolean {
    if (this.bytes + bytes > MAX_BYTES) {
      this.dropped++;
      return false;
    }
    this.bytes += bytes;
    return true;
  }
}
