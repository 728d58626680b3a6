import { grpcAnswer, grpcMessages } from "./async-grpc.ts";
import type { AsyncHost } from "./async-host.ts";
import { httpAnswer } from "./async-http.ts";
import { type FakeAnswers, type FakeCalls, fakeCalls } from "./fake-calls.ts";
import {
  type BufferType,
  type Header,
  type Host,
  type LogLevel,
  type MapType,
  MetricType,
  type Name,
  type Result,
} from "./host.ts";
import { Status } from "./status.ts";

type HostFunction = Exclude<keyof Host, "internName" | "internHeaders">;

/** The initial state of a fake host. */
export interface FakeHostOptions {
  readonly headers?: Partial<Record<MapType, Header[]>>;
  readonly buffers?: Partial<Record<BufferType, Uint8Array>>;
  /** By path, joined with ".". */
  readonly properties?: Record<string, Uint8Array>;
  /** The status that a function returns instead of working. */
  readonly faults?: Partial<Record<HostFunction, Status>>;
  /** What the functions beyond `Host` answer instead of working. */
  readonly answers?: FakeAnswers;
}

/** An in-memory host that records what a filter did. */
export interface FakeHost extends AsyncHost, FakeCalls {
  readonly headers: Record<MapType, Header[]>;
  readonly buffers: Partial<Record<BufferType, Uint8Array>>;
  readonly faults: Partial<Record<HostFunction, Status>>;
  readonly metrics: { name: string; type: MetricType; value: number }[];
  readonly logged: { level: LogLevel; message: string }[];
  readonly calls: HostFunction[];
  readonly localResponses: { httpStatus: number; headers: readonly Header[]; body: string }[];
}

const NOT_FOUND = { status: Status.NotFound } as const;

/**
 * Makes a fake host, to test a filter's callbacks in Node.
 *
 * @param options its maps, buffers and properties, and the functions that fail
 * @returns the host; its maps, metrics, log and calls can be read
 */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const none: Record<MapType, Header[]> = { 0: [], 1: [], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] };
  const headers = { ...none, ...options.headers };
  const faults = { ...options.faults };
  const buffers = { ...options.buffers };
  const metrics: FakeHost["metrics"] = [];
  const logged: FakeHost["logged"] = [];
  const localResponses: FakeHost["localResponses"] = [];
  const calls: HostFunction[] = [];

  const nameOf = (name: Name) => (name as unknown as { text: string }).text;
  const given = <T>(value: T | undefined): Result<T> =>
    value === undefined ? NOT_FOUND : { status: Status.Ok, value };
  const without = (map: MapType, name: Name) => headers[map].filter(([key]) => key !== nameOf(name));
  const values = (map: MapType, name: Name) =>
    headers[map].flatMap(([key, value]) => (key === nameOf(name) ? [value] : []));

  /** A function whose calls are recorded, and that fails if `faults` says so. */
  function statusOf<A extends unknown[]>(name: HostFunction, work: (...args: A) => Status | undefined) {
    return (...args: A): Status => {
      calls.push(name);
      return faults[name] ?? work(...args) ?? Status.Ok;
    };
  }
  function resultOf<A extends unknown[], T>(name: HostFunction, work: (...args: A) => Result<T>) {
    return (...args: A): Result<T> => {
      calls.push(name);
      const status = faults[name] ?? Status.Ok;
      return status === Status.Ok ? work(...args) : { status };
    };
  }

  const host = {
    ...fakeCalls(options.answers ?? {}),
    headers,
    buffers,
    faults,
    metrics,
    logged,
    calls,
    localResponses,
    internName: (name) => ({ text: name }) as unknown as ReturnType<Host["internName"]>,
    internHeaders: (list) => ({ list }) as unknown as ReturnType<Host["internHeaders"]>,
    log: statusOf("log", (level, message) => void logged.push({ level, message })),
    hasHeader: statusOf("hasHeader", (map, name) => (values(map, name).length > 0 ? Status.Ok : Status.NotFound)),
    getHeader: resultOf("getHeader", (map, name) => {
      const found = values(map, name);
      return given(found.length > 0 ? found.join(",") : undefined);
    }),
    getHeaders: resultOf("getHeaders", (map) => given([...headers[map]])),
    addHeaders: statusOf("addHeaders", (map, list) => {
      headers[map].push(...(list as unknown as { list: Header[] }).list);
      return undefined;
    }),
    addHeader: statusOf("addHeader", (map, name, value) => void headers[map].push([nameOf(name), value])),
    replaceHeader: statusOf("replaceHeader", (map, name, value) => {
      headers[map] = [...without(map, name), [nameOf(name), value]];
      return undefined;
    }),
    removeHeader: statusOf("removeHeader", (map, name) => {
      headers[map] = without(map, name);
      return undefined;
    }),
    defineMetric: resultOf("defineMetric", (type, name) => {
      const known = metrics.findIndex((metric) => metric.name === name);
      return given(known >= 0 ? known : metrics.push({ name, type, value: 0 }) - 1);
    }),
    incrementMetric: statusOf("incrementMetric", (id, by) => {
      const metric = metrics[id];
      if (!metric) return Status.NotFound;
      if (metric.type === MetricType.Histogram || (metric.type === MetricType.Counter && by <= 0))
        return Status.BadArgument;
      metric.value += by;
      return undefined;
    }),
    recordMetric: statusOf("recordMetric", (id, value) => {
      const metric = metrics[id];
      if (!metric) return Status.NotFound;
      metric.value = value;
      return undefined;
    }),
    getMetric: resultOf("getMetric", (id) => given(metrics[id]?.value)),
    getProperty: resultOf("getProperty", (path) => given(options.properties?.[path.join(".")])),
    getBuffer: resultOf("getBuffer", (buffer, start, length) => given(buffers[buffer]?.slice(start, start + length))),
    setBuffer: statusOf("setBuffer", (buffer, start, length, bytes) => {
      const old = buffers[buffer] ?? new Uint8Array(0);
      buffers[buffer] = Uint8Array.from([...old.slice(0, start), ...bytes, ...old.slice(start + length)]);
      return undefined;
    }),
    sendLocalResponse: statusOf("sendLocalResponse", (httpStatus, list, body) => {
      localResponses.push({ httpStatus, headers: list, body });
      return undefined;
    }),
  } satisfies Host & FakeCalls & Partial<FakeHost>;
  return Object.assign(host, {
    httpCall: (...given: Parameters<AsyncHost["httpCall"]>) => httpAnswer(host, ...given),
    grpcCall: (...given: Parameters<AsyncHost["grpcCall"]>) => grpcAnswer(host, ...given),
    grpcStream: (...given: Parameters<AsyncHost["grpcStream"]>) => grpcMessages(host, ...given),
    onPlugin: <T>(work: () => T) => work(),
  });
}
