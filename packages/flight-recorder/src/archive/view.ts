import { callbackParameters, type Enum, hostFunctionNamed, isRun, nameOf, type Pair } from "proxy-wasm-host";
import type { KeptBackground } from "../record/background-record.ts";
import type { Call, CapturedValue } from "../record/call.ts";
import type { LogData } from "../record/call-log.ts";
import type { KeptRequest } from "../record/request-record.ts";
import type {
  Activity,
  BackgroundView,
  CallView,
  Header,
  HeadersView,
  MetricView,
  RequestSummary,
  RequestView,
} from "./recording.ts";

/** A request as the list shows it. */
export function summaryOf(record: KeptRequest): RequestSummary {
  const { id, method, status, took, log, worker, replayOf } = record;
  return {
    id,
    time: log.time,
    method,
    path: text(record.request.before?.find(([name]) => name === ":path")?.[1] ?? ""),
    ...(status !== undefined && { status }),
    ...(took !== undefined && { took }),
    inFilters: log.spent / 1000,
    plugins: log.memoryPages.map(([name]) => name),
    hostCalls: log.hostCalls,
    ...(worker !== undefined && { worker }),
    ...(replayOf !== undefined && { replayOf }),
  };
}

/** Everything that is recorded of a request. */
export function viewOf(record: KeptRequest): RequestView {
  const { request, response, requestSize, responseSize, details, log } = record;
  return {
    ...summaryOf(record),
    ...activityOf(log),
    request: sidesOf(request),
    response: sidesOf(response),
    requestSize,
    responseSize,
    ...(details !== undefined && { details }),
    memoryPages: Object.fromEntries(log.memoryPages),
  };
}

/** A callback outside of requests. */
export function backgroundOf({ plugin, log, worker }: KeptBackground): BackgroundView {
  return { ...activityOf(log), time: log.time, plugin, ...(worker !== undefined && { worker }) };
}

function activityOf(log: LogData): Activity {
  return {
    calls: log.calls.map((call) => callOf(call)),
    logs: log.lines.map(({ at, line: { level, plugin, message } }) => ({
      at: at / 1000,
      level,
      plugin,
      message,
    })),
    metrics: log.metrics.map(
      ({ name, plugin, set, by, value }): MetricView => ({
        name,
        plugin,
        change: set ? `= ${by}` : by < 0n ? `${by}` : `+${by}`,
        value: `${value}`,
      }),
    ),
    dropped: log.dropped,
    ...(!log.detailed && { brief: true as const }),
  };
}

const sidesOf = ({ before, after }: { before?: readonly Pair[]; after?: readonly Pair[] }): HeadersView => ({
  ...(before && { before: before.map(headerOf) }),
  ...(after && { after: after.map(headerOf) }),
});

const headerOf = ([name, value]: Pair): Header => [text(name), text(value)];

function callOf(call: Call): CallView {
  const { name, plugin, context, depth, at, took, trap, result } = call;
  const fn = functionOf(call);
  const shown = result === undefined ? undefined : fn ? nameOf(fn.statuses, result) : String(result);
  return {
    kind: call.ofHost ? "call" : "callback",
    name,
    plugin,
    context,
    depth,
    at: at / 1000,
    ...(took >= 0 && { took: took / 1000 }),
    args: argumentsOf(call),
    ...(shown !== undefined && { result: shown }),
    ...(call.outputs && { results: resultsOf(call) }),
    ...(trap !== undefined && { trap }),
  };
}

const functionOf = ({ ofHost, name }: Call) => (ofHost ? hostFunctionNamed(name) : undefined);

function argumentsOf(call: Call): Record<string, unknown> {
  const { name, values, inputs } = call;
  const fn = functionOf(call);
  const args: Record<string, unknown> = {};
  if (!fn) {
    const names = callbackParameters(name);
    for (const [index, value] of values.entries()) args[names[index] ?? `arg${index}`] = Number(value) >>> 0;
    return args;
  }
  let at = 0;
  let run = 0;
  for (const { name: parameter, form, result } of fn.parameters) {
    const value = values[at] ?? 0;
    at += isRun(form) ? 2 : 1;
    if (result) continue;
    if (isRun(form)) args[parameter] = shownAs(form, inputs?.[run++]);
    else if (typeof form === "object") args[parameter] = nameOf(form as Enum, Number(value) >>> 0);
    else args[parameter] = typeof value === "bigint" ? String(value) : value >>> 0;
  }
  return args;
}

function resultsOf(call: Call): Record<string, unknown> {
  const { outputs } = call;
  const results = functionOf(call)?.parameters.filter(({ result }) => result) ?? [];
  return Object.fromEntries(
    results.map(({ name, form }, index) => {
      const value = outputs?.[index];
      return [name, typeof form === "object" && typeof value === "number" ? nameOf(form, value) : shownAs(form, value)];
    }),
  );
}

function shownAs(form: unknown, value: CapturedValue): unknown {
  if (value === undefined) return null;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "object") return value.map(headerOf);
  if (typeof value === "number") return value;
  return form === "path" ? text(value).split("\0") : text(value);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes (one per character) as text, or in hexadecimal if they are not valid UTF-8. */
function text(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII needs no decoding.
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, "latin1");
  try {
    return strict.decode(buffer);
  } catch {
    return `0x${buffer.toString("hex")}`;
  }
}
