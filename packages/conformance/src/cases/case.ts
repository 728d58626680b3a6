/** The proxies that cases run on. */
export const PROXIES = ["host", "envoy"] as const;
export type ProxyName = (typeof PROXIES)[number];

export type Header = readonly [name: string, value: string];
export type Level = "trace" | "debug" | "info" | "warn" | "error" | "critical";
export type LogEntry = readonly [level: Level, text: string];

/** What takes a value that is generated: any, or one in which the regular expression (with the flag `u`) is found. */
export type Pattern = { readonly matches: string } | { readonly any: true };
type ExpectedHeader = readonly [name: string, value: string | Pattern];
export type ExpectedLine = readonly [level: Level, text: string | Pattern];

/** Bytes, given in one of four ways; see `content.ts`. */
export type Content =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly generate: readonly (string | readonly [text: string, times: number])[] };

/** What happens to requests after the module has trapped. */
export type FailPolicy = "close" | "open" | "legacy-open" | "reload";

/** The time between two loads of a module with the policy `reload`, in milliseconds; Envoy 1.40 crashes with 1. */
export const RELOAD_INTERVAL = 2;

/** The labels of metrics, on each proxy under test. */
export const STATS_TAGS = [
  { name: "probe_source", pattern: /(probe_source=\.=(.*?);\.;)/ },
  { name: "probe.kind", pattern: /^wasmcustom\.probe_typed(\.\w+)/ },
];

/** One filter of a case's chain. */
export interface Filter {
  readonly configuration: Uint8Array;
  readonly rootId: string;
  /** The id of its VM; by default the VM of its case. */
  readonly vmId?: string;
  readonly failPolicy: FailPolicy;
  /** The expected reason for a refusal, true if only `log` states it, or false. */
  readonly refused: string | boolean;
}

export interface Request {
  /** Whether the client uses HTTP/2 without TLS, with prior knowledge. */
  readonly http2: boolean;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  /** The chunks of the body; empty if there is no body. */
  readonly body: readonly Uint8Array[];
  readonly trailers: readonly Header[];
  readonly abort?: "sent" | "head";
}

export interface Answer {
  readonly status: number;
  readonly interim: readonly { readonly status: number; readonly headers: readonly Header[] }[];
  readonly headers: readonly Header[];
  readonly body: readonly Uint8Array[];
  readonly trailers: readonly Header[];
  readonly reset?: "head" | "body";
}

/** A route of requests with a certain header, once they have passed the filters. */
export interface Route {
  readonly header: Header;
  readonly cluster: string;
}

/** The kind of a cluster: a server, or a port that refuses connections. */
type ClusterKind = "http" | "grpc" | "dead";

/** What a gRPC method answers. */
export interface GrpcAnswer {
  readonly headers: readonly Header[];
  readonly messages: readonly Uint8Array[];
  /** Whether one message is sent for each that is received; otherwise all are sent at the end. */
  readonly lockstep: boolean;
  readonly trailers: readonly Header[];
  readonly grpcStatus: number;
  readonly grpcMessage: string;
}

/** A request that a filter makes, and the response to it. */
export interface CallOut {
  readonly cluster: string;
  readonly sees: {
    readonly method?: string;
    readonly path?: string;
    /** Lines that must be among the headers. */
    readonly headers: readonly ExpectedHeader[];
    readonly body?: Uint8Array | Pattern;
    /** gRPC messages. */
    readonly messages?: readonly (Uint8Array | Pattern)[];
  };
  readonly answer: Answer | GrpcAnswer | "never";
}

interface HostCalls {
  readonly calls?: readonly string[];
  readonly callbacks?: readonly string[];
}

/** What later steps have in the place of `${NAME}`: a header's value, or what the expression's first group finds in it. */
export type Saves = Readonly<Record<string, string | { readonly header: string; readonly matches: string }>>;

export interface RequestStep {
  readonly kind: "request";
  readonly request: Request;
  readonly upstream: Answer;
  readonly times: number;
  /** Whether the step is repeated until it passes. */
  readonly eventually: boolean;
  readonly lockstep: boolean;
  readonly status?: number;
  readonly saves: Saves;
  readonly added: readonly ExpectedHeader[];
  readonly removed: readonly Header[];
  readonly body?: Uint8Array | Pattern;
  readonly trailers?: readonly ExpectedHeader[];
  /** Whether a filter resets the stream once the client has the response's head. */
  readonly brokenOff?: true;
  readonly upstreamSees?: UpstreamSees;
  /** The cluster of the route that the request takes; the upstream by default. */
  readonly routedTo?: string;
  readonly callOuts: readonly CallOut[];
  /** A configuration of the first filter, delivered once a call-out has arrived, and before that is answered. */
  readonly meanwhile?: Uint8Array;
  readonly counters: Readonly<Record<string, number>>;
  readonly prometheus: readonly string[];
  readonly log: readonly ExpectedLine[];
  readonly hostCalls: HostCalls;
}

export type UpstreamSees =
  | "nothing"
  | "anything"
  | {
      readonly added: readonly ExpectedHeader[];
      readonly removed: readonly Header[];
      readonly path?: string;
      readonly body?: Uint8Array | Pattern;
      readonly trailers?: readonly ExpectedHeader[];
    };

export interface ReconfigureStep {
  readonly kind: "reconfigure";
  readonly filter: number;
  readonly configuration: Uint8Array;
  readonly refused: string | boolean;
  readonly log: readonly ExpectedLine[];
}

/** A TCP connection: the client sends and half-closes, then the upstream answers and half-closes. */
export interface ConnectionStep {
  readonly kind: "connection";
  readonly times: number;
  readonly sends: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
  /** What the client gets. */
  readonly gets: Uint8Array;
  /** What the upstream gets; empty if it is not reached. */
  readonly upstreamGets: Uint8Array;
  readonly counters: Readonly<Record<string, number>>;
  readonly log: readonly ExpectedLine[];
}

export type Step = RequestStep | ReconfigureStep | ConnectionStep;

/** Streams without sockets: how many, and after how many of them memory must no longer grow. */
export interface Soak {
  readonly streams: number;
  readonly settle: number;
  /** The fraction by which it may still grow after that. */
  readonly growth: number;
}

/** A case with all its defaults filled in. */
export interface Case {
  readonly topic: string;
  readonly name: string;
  /** Whether the contract's announcement and counter are implied. */
  readonly contract: boolean;
  /** The proxies that run it. */
  readonly on: readonly ProxyName[];
  readonly because?: string;
  readonly xfail: readonly { readonly proxy?: ProxyName; readonly variant?: string; readonly reason: string }[];
  readonly filters: readonly Filter[];
  /** The clusters of its file by name. */
  readonly clusters: Readonly<Record<string, ClusterKind>>;
  /** Routes to clusters, in their order; other requests go to the upstream. */
  readonly routes: readonly Route[];
  /** Whether its filters are TCP filters. */
  readonly tcp: boolean;
  /** Whether the proxy uses HTTP/2 to the upstream. */
  readonly http2Upstream: boolean;
  /** Host function -> name of the status it returns. */
  readonly faults: Readonly<Record<string, string>>;
  readonly log: readonly ExpectedLine[];
  readonly steps: readonly Step[];
  readonly soak?: Soak;
}

/** What a case is called in reports. */
export const title = (of: Pick<Case, "topic" | "name">): string => `${of.topic} / ${of.name}`;
