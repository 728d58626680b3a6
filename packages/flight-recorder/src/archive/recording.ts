/** What a recording says, as JSON: between the host, its page and a file. Times are in milliseconds. */
export const RECORDING_FORMAT = "filter-host-recording/1";

/** A header or trailer, as text. */
export type Header = readonly [name: string, value: string];

/** One call of the host into a module (`callback`) or of a module to the host (`call`). */
export interface CallView {
  readonly kind: "callback" | "call";
  readonly name: string;
  readonly plugin: string;
  readonly context: number;
  /** How many calls it is nested in. */
  readonly depth: number;
  /** Since the beginning of the request. */
  readonly at: number;
  /** How long; left out if it has not returned. */
  readonly took?: number;
  readonly args: Readonly<Record<string, unknown>>;
  /** A status's name, or what a callback returned. */
  readonly result?: string;
  /** What the host wrote into the module's memory. */
  readonly results?: Readonly<Record<string, unknown>>;
  /** Why it never returned. */
  readonly trap?: string;
}

/** A line of the log. */
export interface LogView {
  readonly at: number;
  readonly level: string;
  readonly plugin: string;
  readonly message: string;
}

/** A metric that a module has changed: by a counter's or gauge's offset, or to a value. */
export interface MetricView {
  readonly name: string;
  readonly plugin: string;
  readonly change: string;
  readonly value: string;
}

/** A stretch of calls that belong together. */
export interface Activity {
  readonly calls: readonly CallView[];
  readonly logs: readonly LogView[];
  readonly metrics: readonly MetricView[];
  /** How many calls and lines were left out because there were too many. */
  readonly dropped: number;
  /** Set where calls were counted, not kept, because too many came in that second. */
  readonly brief?: true;
}

/** What a list of requests shows. */
export interface RequestSummary {
  readonly id: number;
  /** Since 1970. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  /** Left out until there is a response. */
  readonly status?: number;
  /** From beginning to end; left out while it goes on. */
  readonly took?: number;
  /** How long modules ran. */
  readonly inFilters: number;
  readonly plugins: readonly string[];
  readonly hostCalls: number;
  /** The thread that it ran in, if there are several. */
  readonly worker?: number;
  /** The request that this one repeats. */
  readonly replayOf?: number;
}

/** Headers of one message on both sides of the filters. */
export interface Sides {
  readonly before?: readonly Header[];
  readonly after?: readonly Header[];
}

export interface RequestView extends RequestSummary, Activity {
  readonly request: Sides;
  readonly response: Sides;
  readonly requestSize: number;
  readonly responseSize: number;
  /** Envoy's words for how the response came about, such as `via_upstream`. */
  readonly details?: string;
  /** Pages of linear memory after the last callback, by plugin. */
  readonly memoryPages: Readonly<Record<string, number>>;
}

/** What modules did outside requests: start, configuration, ticks, answers of call-outs. */
export interface BackgroundView extends Activity {
  /** Since 1970. */
  readonly time: number;
  readonly plugin: string;
  /** The thread that it was in, if several serve; left out: the main one. */
  readonly worker?: number;
}

/** A plugin as it stands in one of several threads. */
export interface WorkerView {
  readonly worker: number;
  readonly state: PluginView["state"];
  readonly error?: string;
  readonly memoryPages: number;
}

export interface PluginView {
  readonly name: string;
  readonly state: "running" | "refused" | "failed" | "unavailable";
  readonly error?: string;
  readonly source?: string;
  readonly phase?: string;
  /** `sha256:...` of the image's manifest, if the module came out of one. */
  readonly imageDigest?: string;
  /** `sha256:...` of the module; this and what follows is left out where there is none. */
  readonly digest?: string;
  readonly size?: number;
  readonly configuration?: string;
  readonly rootId?: string;
  /** What becomes of requests after a trap. */
  readonly failPolicy?: string;
  readonly memoryPages: number;
  /** The same for each thread if several serve; the main one's VM, of which the above is, serves nobody then. */
  readonly workers?: readonly WorkerView[];
  /** Means over the requests that are recorded. */
  readonly hostCallsPerRequest?: number;
  readonly callbacksPerRequest?: number;
}

/** One second of the host's life. */
export interface Sample {
  /** Since 1970. */
  readonly time: number;
  readonly requests: number;
  /** How long modules ran for a request: half of them less, and 99 of 100; left out if there was no request. */
  readonly p50?: number;
  readonly p99?: number;
  readonly counters: Readonly<Record<string, number>>;
  /** By plugin; of all threads that serve together. */
  readonly memoryPages: Readonly<Record<string, number>>;
}

/** How full the ring buffer is. */
export interface RingView {
  readonly requests: number;
  readonly maxRequests: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** How many were counted only, because too many came in a second or faster than threads could hand them over. */
  readonly passedOver: number;
  /** How many requests were recorded and are gone. */
  readonly forgotten: number;
}

export interface Overview {
  readonly plugins: readonly PluginView[];
  readonly ring: RingView;
  /** Names of headers whose values are not kept. */
  readonly redacted: readonly string[];
}

export interface Recording extends Overview {
  readonly format: typeof RECORDING_FORMAT;
  /** When it was written, since 1970. */
  readonly time: number;
  readonly requests: readonly RequestView[];
  readonly background: readonly BackgroundView[];
  readonly samples: readonly Sample[];
}
