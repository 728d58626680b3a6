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
import type { Keeper } from "./keeper.ts";
import type { Pace } from "./pace.ts";
import type { Redaction } from "./redaction.ts";
import { RequestRecord } from "./request-record.ts";

/** The lowest status of a failed response. */
const FAILED = 500;

/**
 * Records what filters do with requests. Values are kept raw and are formatted only when they are shown, so that recording is cheap.
 * Secrets are masked before anything is kept.
 */
export class Recorder implements Observer {
  readonly #keeper: Keeper;
  readonly #redaction: Redaction;
  readonly #pace: Pace;
  /** The stack of running calls, and the log of each. */
  readonly #calls: Call[] = [];
  readonly #logs: CallLog[] = [];
  /** The record of the outermost callback if it is outside of requests. */
  #background: BackgroundRecord | undefined;

  /**
   * @param keeper receives the records
   * @param redaction the headers whose values are masked
   * @param pace limits how many requests are recorded per second
   */
  constructor(keeper: Keeper, redaction: Redaction, pace: Pace) {
    this.#keeper = keeper;
    this.#redaction = redaction;
    this.#pace = pace;
  }

  /**
   * Begins a request.
   *
   * @param method its method, also if the request is refused before it has headers
   * @returns the record, which the request's stream fills
   */
  begin(method: string): RequestRecord {
    const log = new CallLog(this.#redaction, this.#pace.admits());
    const record = new RequestRecord(this.#keeper.nextId(), method, log, this.#ended);
    if (log.detailed) this.#keeper.requestBegan(record);
    return record;
  }

  readonly #ended = (record: RequestRecord): void => {
    const failed = (record.status ?? FAILED) >= FAILED;
    const kept = record.log.detailed || (failed && this.#pace.admits(2));
    if (kept && !record.log.detailed) record.keepHeaders();
    this.#keeper.requestEnded(record, kept);
  };

  entered(context: Context, name: string, values: readonly number[]): void {
    const depth = this.#calls.length;
    const log = logOf(context) ?? this.#logs[depth - 1] ?? this.#beginBackground(context);
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
    if (this.#background) this.#keeper.backgroundEnded(this.#background);
    this.#background = undefined;
  }

  trapped(context: Context, name: string, reason: string, vm: ObservedVm): void {
    // A host function that throws also ends the callback that called it.
    for (let call = this.#calls.at(-1); call; call = this.#calls.at(-1)) {
      call.trap = this.clean(reason);
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
        return log && capture.learns ? learned(vm, capture, values, log, implementation) : implementation(...values);
      }
      const call = new Call(fn.name, true, context.label, context.id, depth, log.elapsed, values);
      call.inputs = log.keep(capture.inputs(vm.memory, values, log.secrets));
      log.add(call);
      this.#calls.push(call);
      this.#logs.push(log);
      const status = implementation(...values);
      this.#calls.pop();
      this.#logs.pop();
      call.took = log.elapsed - call.at;
      call.result = status;
      if (status) return status;
      call.outputs = log.keep(capture.outputs(vm.memory, values, call.inputs, log.secrets));
      if (changesMetric && status === Status.OK) this.#changed(vm, call, log);
      return status;
    };
  }

  /** Adds a log line to the record of the running call. */
  log(line: LogLine): void {
    this.#logs.at(-1)?.log(line);
  }

  /** @returns a text of the running call with secrets masked */
  clean(text: string): string {
    return (this.#logs.at(-1)?.secrets ?? this.#redaction).clean(text);
  }

  #beginBackground(context: Context): CallLog {
    this.#background = new BackgroundRecord(this.#keeper.nextId(), context.label, this.#redaction);
    return this.#background.log;
  }

  #changed(vm: ObservedVm, { name, plugin, values }: Call, log: CallLog): void {
    const metric = vm.metrics.find(Number(values[0]) >>> 0);
    if (!metric) return;
    const set = name === "proxy_record_metric" && metric.type !== MetricType.counter;
    log.changed({ name: metric.name, plugin, set, by: BigInt(values[1] ?? 0), value: metric.value });
  }
}

/** Makes a call whose values are not kept: only its secrets are learned. */
function learned(
  { memory }: ObservedVm,
  capture: Capture,
  values: Parameters<Implementation>,
  { secrets }: CallLog,
  implementation: Implementation,
): ReturnType<Implementation> {
  const inputs = capture.inputs(memory, values, secrets);
  const status = implementation(...values);
  if (!status) capture.outputs(memory, values, inputs, secrets);
  return status;
}

/** The log of a context's request, if it is recorded. */
function logOf({ stream }: Context): CallLog | undefined {
  return stream?.record instanceof RequestRecord ? stream.record.log : undefined;
}
