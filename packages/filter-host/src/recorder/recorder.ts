import { Status } from "../abi/status.ts";
import type { Context } from "../context.ts";
import type { HostFunction, Implementation } from "../host-function.ts";
import type { LogLine } from "../services.ts";
import type { Observer } from "../trace.ts";
import type { Vm } from "../vm.ts";
import { Call } from "./call.ts";
import { CallLog } from "./call-log.ts";
import { Capture } from "./capture.ts";
import { ExchangeRecord } from "./exchange-record.ts";
import { Redaction } from "./redaction.ts";
import { Ring, type RingLimits } from "./ring.ts";
import { Series } from "./series.ts";

export interface RecorderOptions {
  /** How many requests are kept, 1,000 by default; the oldest go first. */
  readonly requests?: number | undefined;
  /** How many bytes they may take in all, 32 MiB by default. */
  readonly bytes?: number | undefined;
  /** Names of headers whose values are not kept, beside those of `authorization` and cookies. */
  readonly redact?: readonly string[] | undefined;
}

const DEFAULTS: RingLimits = { requests: 1000, bytes: 32 * 1024 * 1024 };
const BACKGROUND: RingLimits = { requests: 200, bytes: 2 * 1024 * 1024 };

/** One callback outside any request, with all that happened in it. */
export class BackgroundRecord {
  readonly id: number;
  readonly plugin: string;
  readonly log: CallLog;

  constructor(id: number, plugin: string, redaction: Redaction) {
    this.id = id;
    this.plugin = plugin;
    this.log = new CallLog(redaction);
  }

  get bytes(): number {
    return this.log.bytes;
  }
}

/**
 * The flight recorder: keeps what filters did with the newest requests, as raw as it comes, so that it costs little while nobody
 * looks. Secrets are hidden before anything is kept.
 */
export class Recorder implements Observer {
  readonly exchanges: Ring<ExchangeRecord>;
  readonly background: Ring<BackgroundRecord>;
  readonly series = new Series();
  readonly redaction: Redaction;
  /** Told of each exchange that begins or ends. */
  onChange: ((record: ExchangeRecord) => void) | undefined;
  #ids = 0;
  /** The calls that are running, and to whose record each belongs. */
  readonly #running: { readonly call: Call; readonly log: CallLog; readonly background?: BackgroundRecord }[] = [];

  constructor({ requests = DEFAULTS.requests, bytes = DEFAULTS.bytes, redact }: RecorderOptions = {}) {
    this.exchanges = new Ring({ requests, bytes });
    this.background = new Ring(BACKGROUND);
    this.redaction = new Redaction(redact);
  }

  /** A request begins. */
  begin(method: string): ExchangeRecord {
    const record = new ExchangeRecord(++this.#ids, method, this.redaction, this.#ended);
    this.exchanges.add(record);
    return record;
  }

  readonly #ended = (record: ExchangeRecord): void => {
    this.exchanges.grown(record);
    this.series.count(record.log.spent);
    this.onChange?.(record);
  };

  entered(context: Context, name: string, values: readonly number[]): void {
    const outer = this.#running.at(-1);
    const known = context.record ?? outer?.log;
    const background = known ? undefined : new BackgroundRecord(++this.#ids, context.label, this.redaction);
    const log = known ?? (background as BackgroundRecord).log;
    const place = { plugin: context.label, context: context.id, depth: this.#running.length };
    const call = new Call(name, undefined, place, performance.now(), values);
    log.add(call);
    this.#running.push(background ? { call, log, background } : { call, log });
  }

  left(context: Context, _name: string, _values: readonly number[], result: number | undefined): void {
    const last = this.#running.pop();
    if (!last) return;
    const { call, log, background } = last;
    call.took = performance.now() - call.began;
    call.result = result;
    if (call.depth > 0) return;
    log.spent += call.took;
    log.memoryPages.set(call.plugin, context.vm.memory.pages);
    if (background) this.background.add(background);
  }

  trapped(context: Context, name: string, reason: string): void {
    // A host function that throws ends with the callback that it was called from.
    for (let last = this.#running.at(-1); last; last = this.#running.at(-1)) {
      last.call.trap = reason;
      this.left(context, name, [], undefined);
      if (!last.call.fn) return;
    }
  }

  wrap(vm: Vm, fn: HostFunction, implementation: Implementation): Implementation {
    const capture = new Capture(fn);
    const changesMetric = fn.name === "proxy_increment_metric" || fn.name === "proxy_record_metric";
    return (...values) => {
      const { context } = vm;
      const log = context.record ?? this.#running.at(-1)?.log;
      if (!log) return implementation(...values);
      const place = { plugin: context.label, context: context.id, depth: this.#running.length };
      const call = new Call(fn.name, fn, place, performance.now(), values);
      call.taken = log.keep(capture.takes(vm.memory, values, log.secrets));
      log.add(call);
      this.#running.push({ call, log });
      const status = implementation(...values);
      this.#running.pop();
      call.took = performance.now() - call.began;
      call.result = status;
      if (status) return status;
      call.given = log.keep(capture.gives(vm.memory, values, call.taken, log.secrets));
      if (changesMetric && status === Status.OK) this.#changed(vm, call, log);
      return status;
    };
  }

  /** Notes a line of the log where it belongs. */
  log(line: LogLine): void {
    this.#running.at(-1)?.log.log(line);
  }

  #changed(vm: Vm, { name, plugin, values }: Call, log: CallLog): void {
    const metric = vm.metrics.find(Number(values[0]) >>> 0);
    const increment = name === "proxy_increment_metric";
    if (metric) log.changed({ metric, plugin, increment, by: BigInt(values[1] ?? 0), value: metric.value });
  }
}
