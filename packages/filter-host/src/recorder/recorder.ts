import { MetricType } from "../abi/enums.ts";
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
  /**
   * How many requests of a second are recorded, 200 by default: what comes in a hurry nobody reads one by one, and keeping it is what
   * costs. The others are counted, and those that fail are recorded without their calls.
   */
  readonly perSecond?: number | undefined;
  /** Names of headers whose values are not kept, beside those of `authorization` and cookies. */
  readonly redact?: readonly string[] | undefined;
}

const DEFAULTS: RingLimits = { requests: 1000, bytes: 32 * 1024 * 1024 };
/** The least status of an answer that tells of a failure. */
const FAILED = 500;

const BACKGROUND: RingLimits = { requests: 200, bytes: 2 * 1024 * 1024 };

/** One callback outside any request, with all that happened in it. */
export class BackgroundRecord {
  readonly id: number;
  counted = 0;
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
  /** How many requests were counted only. */
  passedOver = 0;
  /** Told of each exchange that begins or ends. */
  onChange: ((record: ExchangeRecord) => void) | undefined;
  #ids = 0;
  /** The calls that are running, to whose record each belongs, and the record of the outermost if it is no request's. */
  readonly #calls: Call[] = [];
  readonly #logs: CallLog[] = [];
  #background: BackgroundRecord | undefined;
  readonly #perSecond: number;
  /** The second that is running, and how many requests were recorded in it. */
  #second = 0;
  #keptNow = 0;

  constructor({ requests = DEFAULTS.requests, bytes = DEFAULTS.bytes, perSecond = 200, redact }: RecorderOptions = {}) {
    this.exchanges = new Ring({ requests, bytes });
    this.background = new Ring(BACKGROUND);
    this.#perSecond = perSecond;
    this.redaction = new Redaction(redact);
  }

  /** A request begins. */
  begin(method: string): ExchangeRecord {
    const detailed = this.#kept() < this.#perSecond;
    const record = new ExchangeRecord(++this.#ids, method, new CallLog(this.redaction, detailed), this.#ended);
    if (detailed) this.#keep(record);
    return record;
  }

  readonly #ended = (record: ExchangeRecord): void => {
    this.series.count(record.log.spent / 1000);
    if (record.log.detailed) this.exchanges.grown(record);
    else if ((record.status ?? FAILED) >= FAILED && this.#kept() < 2 * this.#perSecond) {
      record.keepHeaders();
      this.#keep(record);
    } else this.passedOver++;
    if (record.counted > 0) this.onChange?.(record);
  };

  entered(context: Context, name: string, values: readonly number[]): void {
    const depth = this.#calls.length;
    const log = context.record ?? this.#logs[depth - 1] ?? this.#aside(context);
    const call = new Call(name, false, context.label, context.id, depth, log.elapsed, values);
    if (log.detailed) log.add(call);
    this.#calls.push(call);
    this.#logs.push(log);
  }

  left(context: Context, _name: string, _values: readonly number[], result: number | undefined): void {
    const [call, log] = [this.#calls.pop(), this.#logs.pop()];
    if (!call || !log) return;
    call.took = log.elapsed - call.at;
    call.result = result;
    if (call.depth > 0) return;
    log.spent += call.took;
    log.sized(call.plugin, context.vm.memory.pages);
    if (this.#background) this.background.add(this.#background);
    this.#background = undefined;
  }

  trapped(context: Context, name: string, reason: string): void {
    // A host function that throws ends with the callback that it was called from.
    for (let call = this.#calls.at(-1); call; call = this.#calls.at(-1)) {
      call.trap = reason;
      this.left(context, name, [], undefined);
      if (!call.ofHost) return;
    }
  }

  wrap(vm: Vm, fn: HostFunction, implementation: Implementation): Implementation {
    const capture = new Capture(fn);
    const changesMetric = fn.name === "proxy_increment_metric" || fn.name === "proxy_record_metric";
    return (...values) => {
      const { context } = vm;
      const depth = this.#calls.length;
      const log = context.record ?? this.#logs[depth - 1];
      if (!log?.detailed) {
        if (log) log.hostCalls++;
        return implementation(...values);
      }
      const call = new Call(fn.name, true, context.label, context.id, depth, log.elapsed, values);
      call.taken = log.keep(capture.takes(vm.memory, values, log.secrets));
      log.add(call);
      this.#calls.push(call);
      this.#logs.push(log);
      const status = implementation(...values);
      this.#calls.pop();
      this.#logs.pop();
      call.took = log.elapsed - call.at;
      call.result = status;
      if (status) return status;
      call.given = log.keep(capture.gives(vm.memory, values, call.taken, log.secrets));
      if (changesMetric && status === Status.OK) this.#changed(vm, call, log);
      return status;
    };
  }

  /** Notes a line of the log where it belongs. */
  log(line: LogLine): void {
    this.#logs.at(-1)?.log(line);
  }

  /** How many requests were recorded in this second. */
  #kept(): number {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#keptNow = 0;
    }
    return this.#keptNow;
  }

  #keep(record: ExchangeRecord): void {
    this.#keptNow++;
    this.exchanges.add(record);
  }

  #aside(context: Context): CallLog {
    this.#background = new BackgroundRecord(++this.#ids, context.label, this.redaction);
    return this.#background.log;
  }

  #changed(vm: Vm, { name, plugin, values }: Call, log: CallLog): void {
    const metric = vm.metrics.find(Number(values[0]) >>> 0);
    if (!metric) return;
    const set = name === "proxy_record_metric" && metric.type !== MetricType.counter;
    log.changed({ name: metric.name, plugin, set, by: BigInt(values[1] ?? 0), value: metric.value });
  }
}
