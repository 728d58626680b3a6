import type { Status } from "./status.ts";

export const LogLevel = { Trace: 0, Debug: 1, Info: 2, Warn: 3, Error: 4, Critical: 5 } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

export const MapType = { RequestHeaders: 0, RequestTrailers: 1, ResponseHeaders: 2, ResponseTrailers: 3 } as const;
/** Those of {@link MapType}, and of `CallMap`: 4 to 7. */
export type MapType = (typeof MapType)[keyof typeof MapType] | 4 | 5 | 6 | 7;

export const BufferType = { RequestBody: 0, ResponseBody: 1, VmConfiguration: 6, PluginConfiguration: 7 } as const;
/** Those of {@link BufferType}, of `ConnectionBuffer`, 2 and 3, of `CallBuffer`, 4 and 5, and `FOREIGN_FUNCTION_ARGUMENTS`, 8. */
export type BufferType = (typeof BufferType)[keyof typeof BufferType] | 2 | 3 | 4 | 5 | 8;

export const MetricType = { Counter: 0, Gauge: 1, Histogram: 2 } as const;
export type MetricType = (typeof MetricType)[keyof typeof MetricType];

/** A header as text: name, value. */
export type Header = readonly [name: string, value: string];

/** The result of a host function: a value if the status is Ok. */
export type Result<T> = { status: typeof Status.Ok; value: T } | { status: Exclude<Status, 0>; value?: undefined };

declare const engine: unique symbol;

/** A header name that is stored as bytes in the engine, so that a request neither encodes nor copies it. */
export interface Name {
  readonly [engine]: "name";
}

/** Headers that are stored as bytes in the engine, to be added by one call. */
export interface HeaderList {
  readonly [engine]: "headers";
}

/**
 * The Proxy-Wasm host, as every engine binds it. All are plain functions, so they may be destructured. Statuses are values; none is
 * thrown. Text is passed as UTF-8; in text from the host, each sequence that is not UTF-8 is replaced by U+FFFD.
 */
export interface Host {
  /** Stores a header name for the calls below. It lives as long as the filter or the configuration that it is created in; not for requests. */
  internName(name: string): Name;
  /** Stores headers for {@link Host.addHeaders}. They live as long as a name of {@link Host.internName}. */
  internHeaders(headers: readonly Header[]): HeaderList;

  /** `proxy_log`. */
  log(level: LogLevel, message: string): Status;

  /** Ok if the header exists, with any value, NotFound if not (`proxy_get_header_map_value`, without decoding the value). */
  hasHeader(map: MapType, name: Name): Status;
  /** The header's value, several joined by ",". An absent header is NotFound, not empty (`proxy_get_header_map_value`). */
  getHeader(map: MapType, name: Name): Result<string>;
  /** All headers in the host's order (`proxy_get_header_map_pairs`). */
  getHeaders(map: MapType): Result<Header[]>;
  /** One `proxy_add_header_map_value` for each header, even after a failure; returns the first failure's status, or Ok. */
  addHeaders(map: MapType, headers: HeaderList): Status;
  /** `proxy_add_header_map_value`. */
  addHeader(map: MapType, name: Name, value: string): Status;
  /** `proxy_replace_header_map_value`. */
  replaceHeader(map: MapType, name: Name, value: string): Status;
  /** `proxy_remove_header_map_value`. */
  removeHeader(map: MapType, name: Name): Status;

  /** The id of the metric; the host keeps one metric per name (`proxy_define_metric`). */
  defineMetric(type: MetricType, name: string): Result<number>;
  /** Adds an integer, |by| < 2^53; a counter accepts only positive ones, a histogram none (`proxy_increment_metric`). */
  incrementMetric(metric: number, by: number): Status;
  /** Sets a gauge, or adds a sample to a histogram (`proxy_record_metric`). */
  recordMetric(metric: number, value: number): Status;
  /** A counter's or gauge's value as the nearest double (`proxy_get_metric`). */
  getMetric(metric: number): Result<number>;

  /** The property at a path, `["request", "path"]`, as the host serialises it (`proxy_get_property`). */
  getProperty(path: readonly string[]): Result<Uint8Array>;
  /** Up to `length` bytes of a buffer from `start` on (`proxy_get_buffer_bytes`). */
  getBuffer(buffer: BufferType, start: number, length: number): Result<Uint8Array>;
  /** Replaces `length` bytes from `start` on (`proxy_set_buffer_bytes`). */
  setBuffer(buffer: BufferType, start: number, length: number, bytes: Uint8Array): Status;

  /** Answers the client instead of the upstream. The callback must then return Pause (`proxy_send_local_response`). */
  sendLocalResponse(httpStatus: number, headers: readonly Header[], body: string): Status;
}
