// The JSON that the admin API serves, the page shows and a recording file holds. Times are in milliseconds.

/** The format of a recording, with its version. */
export const RECORDING_FORMAT = "filter-host-recording/1";

/** A header or trailer, as text. */
export type Header = readonly [name: string, value: string];

/** A call of a module by the host (`callback`), or of the host by a module (`call`). */
export interface CallView {
  readonly kind: "callback" | "call";
  readonly name: string;
  readonly plugin: string;
  readonly context: number;
  /** The number of calls that it is nested in. */
  readonly depth: number;
  /** Since the request began. */
  readonly at: number;
  /** Its duration; absent if it has not returned. */
  readonly took?: number;
  readonly args: Readonly<Record<string, unknown>>;
  /** The name of the status, or the return value of a callback. */
  readonly result?: string;
  /** What the host wrote to the module's memory. */
  readonly results?: Readonly<Record<string, unknown>>;
  /** Why it did not return. */
  readonly trap?: string;
}

/** A line of the log. */
export interface LogView {
  readonly at: number;
  readonly level: string;
  readonly plugin: string;
  readonly message: string;
}

/** A change of a metric by a module. */
export interface MetricView {
  readonly name: string;
  readonly plugin: string;
  /** `+1` or `-1` for an offset, `= 5` for a value. */
  readonly change: string;
  /** The value after the change. */
  readonly value: string;
}

/** Calls, log lines and metric changes of one request, or of one callback outside of requests. */
export interface Activity {
  readonly calls: readonly CallView[];
  readonly logs: readonly LogView[];
  readonly metrics: readonly MetricView[];
  /** The number of calls, log lines and metric changes that were not kept because there were too many. */
  readonly dropped: number;
  /** Set if calls were counted but not kept, because there were too many requests in that second. */
  readonly brief?: true;
}

/** A request as the list shows it. */
export interface RequestSummary {
  readonly id: number;
  /** Since 1970. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  /** Absent until there is a response. */
  readonly status?: number;
  /** Its duration; absent until it ends. */
  readonly took?: number;
  /** The time in modules. */
  readonly inFilters: number;
  readonly plugins: readonly string[];
  readonly hostCalls: number;
  /** The number of the worker that served it; absent without workers. */
  readonly worker?: number;
  /** The id of the request that was replayed. */
  readonly replayOf?: number;
}

/** The headers of a message before and after the filters. */
export interface HeadersView {
  readonly before?: readonly Header[];
  readonly after?: readonly Header[];
}

/** Everything that is recorded of a request. */
export interface RequestView extends RequestSummary, Activity {
  readonly request: HeadersView;
  readonly response: HeadersView;
  readonly requestSize: number;
  readonly responseSize: number;
  /** Envoy's response code details, such as `via_upstream`. */
  readonly details?: string;
  /** Pages of linear memory after the last callback, by plugin. */
  readonly memoryPages: Readonly<Record<string, number>>;
}

/** A callback outside of requests: start, configuration, tick, response of a call-out. */
export interface BackgroundView extends Activity {
  /** Since 1970. */
  readonly time: number;
  readonly plugin: string;
  /** The number of its worker; absent for the main thread. */
  readonly worker?: number;
}

/** The status of a plugin in one worker. */
export interface WorkerView {
  readonly worker: number;
  readonly state: PluginView["state"];
  readonly error?: string;
  readonly memoryPages: number;
}

/** A plugin, its configuration and its status. */
export interface PluginView {
  readonly name: string;
  readonly state: "running" | "refused" | "failed" | "unavailable";
  readonly error?: string;
  readonly source?: string;
  readonly phase?: string;
  /** `sha256:…` of the image's manifest, if the module is from an image. */
  readonly imageDigest?: string;
  /** `sha256:…` of the module. This and the following fields are absent if there is no module. */
  readonly digest?: string;
  readonly size?: number;
  readonly configuration?: string;
  readonly rootId?: string;
  /** What happens to requests after a trap. */
  readonly failPolicy?: string;
  readonly memoryPages: number;
  /** The status in each worker. With workers, `state` and `memoryPages` above are those of the main thread, which serves no requests. */
  readonly workers?: readonly WorkerView[];
  /** Mean of the recorded requests. */
  readonly hostCallsPerRequest?: number;
  readonly callbacksPerRequest?: number;
}

/** What happened in one second. */
export interface Sample {
  /** Since 1970. */
  readonly time: number;
  readonly requests: number;
  /** Percentiles of the time in modules per request; absent if there was no request. */
  readonly p50?: number;
  readonly p99?: number;
  readonly counters: Readonly<Record<string, number>>;
  /** By plugin; the sum of all workers. */
  readonly memoryPages: Readonly<Record<string, number>>;
}

/** The limits of the recorder and how full it is. */
export interface RingView {
  readonly requests: number;
  readonly maxRequests: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** The number of requests that were counted but not recorded: too many in a second, or more than the workers could send. */
  readonly passedOver: number;
  /** The number of recorded requests that were removed. */
  readonly forgotten: number;
}

/** What is shown beside the requests. */
export interface Overview {
  readonly plugins: readonly PluginView[];
  readonly ring: RingView;
  /** What is masked: names of headers, `query:NAME`, `config:PATH`. */
  readonly redacted: readonly string[];
  /** What is wrong with what is served at present, such as a build that failed; null if nothing is. */
  readonly notice?: string | null;
  /** Whether new requests are held back, and how many wait; null if they can't be. */
  readonly pause?: { readonly on: boolean; readonly waiting: number } | null;
}

/** Everything that is recorded. */
export interface Recording extends Overview {
  readonly format: typeof RECORDING_FORMAT;
  /** When it was written, since 1970. */
  readonly time: number;
  readonly requests: readonly RequestView[];
  readonly background: readonly BackgroundView[];
  readonly samples: readonly Sample[];
}

/** A recorded request to send again, edited or not. */
export interface ReplayRequest {
  /** The id of the recorded request. */
  readonly of?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body?: string;
}
