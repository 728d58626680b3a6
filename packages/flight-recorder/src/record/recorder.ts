import {
  type Context,
  type Implementation,
  type LogLine,
  MetricType,
  type ObservedVm,
  type Observer,
  type Signature,
  Status,
} from "proxy-wasm-host";
import { BackgroundRecord } from "./background-record.ts";
import { Call } from "./call.ts";
import { CallLog } from "./call-log.ts";
import { Capture } from "./capture.ts";
import { ExchangeRecord } from "./exchange-record.ts";
import type { Keeper } from "./keeper.ts";
import type { Pace } from "./pace.ts";
import type { Redaction } from "./redaction.ts";

/** The least status of an answer that tells of a failure. */
const FAILED = 500;

/**
 * The flight recorder: writes down what filters do with requests, as raw as it comes, so that it costs little while nobody
 * looks. Secrets are hidden before anything is kept.
 */
export class Recorder implements Observer {
  readonly #keeper: Keeper;
  readonly #redaction: Redaction;
  readonly #pace: Pace;
  /** The calls that are running, to whose record each belongs, and the record of the outermost if it is no request's. */
  readonly #calls: Call[] = [];
  readonly #logs: CallLog[] = [];
  #background: BackgroundRecord | undefined;

  /** @param pace how many requests of a second are recorded */
  constructor(keeper: Keeper, redaction: Redaction, pace: Pace) {
    this.#keeper = keeper;
    this.#redaction = redaction;
    this.#pace = pace;
  }

  /** A request begins. */
  begin(method: string): ExchangeRecord {
    const log = new CallLog(this.#redaction, this.#pace.takes());
    const record = new ExchangeRecord(this.#keeper.number(), method, log, this.#ended);
    if (log.detailed) this.#keeper.begun(record);
    return record;
  }

  readonly #ended = (record: ExchangeRecord): void => {
    const failed = (record.status ?? FAILED) >= FAILED;
    const kept = record.log.detailed || (failed && this.#pace.takes(2));
    if (kept && !record.log.detailed) record.keepHeaders();
    this.#keeper.ended(record, kept);
  };

  entered(context: Context, name: string, values: readonly number[]): void {
    const depth = this.#calls.length;
    const log = logOf(context) ?? this.#logs[depth - 1] ?? this.#aside(context);
    const call = new Call(name, false, context.label, context.id, depth, log.elapsed, values);
    if (log.detailed) log.add(call);
    this.#calls.push(call);
    this.#logs.push(log);
  }

  left(_context: Context, _name: string, _values: unknown, result: number | undefined, { memory }: ObservedVm): void {
    const [call, log] = [this.#calls.pop(), this.#logs.pop()];
    if (!call || !log) return;
    call.took = log.elapsed - call.at;
    call.result = result;
    if (call.depth > 0) return;
    log.spent += call.took;
    log.sized(call.plugin, memory.pages);
    if (this.#background) this.#keeper.aside(this.#background);
    this.#background = undefined;
  }

  trapped(context: Context, name: string, reason: string, vm: ObservedVm): void {
    // A host function that throws ends with the callback that it was called from.
    for (let call = this.#calls.at(-1); call; call = this.#calls.at(-1)) {
      call.trap = reason;
      this.left(context, name, [], undefined, vm);
      if (!call.ofHost) return;
    }
  }

  wrap(vm: ObservedVm, fn: Signature, implementation: Implementation): Implementation {
    const capture = new Capture(fn);
    const changesMetric = fn.name === "proxy_increment_metric" || fn.name === "proxy_record_metric";
    return (...values) => {
      const { context } = vm;
      const depth = this.#calls.length;
      const log = logOf(context) ?? this.#logs[depth - 1];
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

  #aside(context: Context): CallLog {
    this.#background = new BackgroundRecord(this.#keeper.number(), context.label, this.#redaction);
    return this.#background.log;
  }

  #changed(vm: ObservedVm, { name, plugin, values }: Call, log: CallLog): void {
    const metric = vm.metrics.find(Number(values[0]) >>> 0);
    if (!metric) return;
    const set = name === "proxy_record_metric" && metric.type !== MetricType.counter;
    log.changed({ name: metric.name, plugin, set, by: BigInt(values[1] ?? 0), value: metric.value });
  }
}

/** Where what a context does is recorded, if it is of a stream that is recorded. */
function logOf({ stream }: Context): CallLog | undefined {
  return stream?.record instanceof ExchangeRecord ? stream.record.log : undefined;
}
