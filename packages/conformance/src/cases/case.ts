/** The proxies that cases run on. */
export const PROXIES = ["host", "envoy"] as const;
export type ProxyName = (typeof PROXIES)[number];

export type Header = readonly [name: string, value: string];
export type Level = "trace" | "debug" | "info" | "warn" | "error" | "critical";
export type LogEntry = readonly [level: Level, text: string];

/** Bytes, given in one of four ways; see `content.ts`. */
export type Content =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly generate: readonly (string | readonly [text: string, times: number])[] };

/** One filter of a case's chain. */
export interface Filter {
  readonly configuration: Uint8Array;
  readonly rootId: string;
  /** Its VM's id; left out: the one of its case. */
  readonly vmId?: string;
  /** The reason of its refusal, true where only the log tells it, or false. */
  readonly refused: string | boolean;
}

export interface Request {
  /** Whether the client speaks HTTP/2, without TLS and knowing that the proxy does. */
  readonly http2: boolean;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  /** The chunks it is sent in; none: no body. */
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

/** What there is behind a cluster's name: a server, or a port that refuses connections. */
type ClusterKind = "http" | "grpc" | "dead";

/** What a gRPC method answers. */
export interface GrpcAnswer {
  readonly headers: readonly Header[];
  readonly messages: readonly Uint8Array[];
  /** Whether a message is sent for each that comes; else all are sent at the end. */
  readonly lockstep: boolean;
  readonly trailers: readonly Header[];
  readonly grpcStatus: number;
  readonly grpcMessage: string;
}

/** A request of a filter's own, and what it gets for it. */
export interface CallOut {
  readonly cluster: string;
  readonly sees: {
    readonly method?: string;
    readonly path?: string;
    /** Lines that must be among the headers. */
    readonly headers: readonly Header[];
    readonly body?: Uint8Array;
    /** gRPC messages. */
    readonly messages?: readonly Uint8Array[];
  };
  readonly answer: Answer | GrpcAnswer | "never";
}

interface HostCalls {
  readonly calls?: readonly string[];
  readonly callbacks?: readonly string[];
}

export interface RequestStep {
  readonly kind: "request";
  readonly request: Request;
  readonly upstream: Answer;
  readonly times: number;
  /** Whether it is taken again until it is as expected. */
  readonly eventually: boolean;
  readonly lockstep: boolean;
  readonly status?: number;
  readonly added: readonly Header[];
  readonly removed: readonly Header[];
  readonly body?: Uint8Array;
  readonly trailers?: readonly Header[];
  readonly upstreamSees?: UpstreamSees;
  readonly callOuts: readonly CallOut[];
  readonly counters: Readonly<Record<string, number>>;
  readonly prometheus: readonly string[];
  readonly log: readonly LogEntry[];
  readonly hostCalls: HostCalls;
}

export type UpstreamSees =
  | "nothing"
  | "anything"
  | {
      readonly added: readonly Header[];
      readonly removed: readonly Header[];
      readonly path?: string;
      readonly body?: Uint8Array;
      readonly trailers?: readonly Header[];
    };

export interface ReconfigureStep {
  readonly kind: "reconfigure";
  readonly filter: number;
  readonly configuration: Uint8Array;
  readonly refused: string | boolean;
  readonly log: readonly LogEntry[];
}

/** A TCP connection: the client sends and ends its side, then the upstream answers and ends its own. */
export interface ConnectionStep {
  readonly kind: "connection";
  readonly times: number;
  readonly sends: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
  /** What the client gets. */
  readonly gets: Uint8Array;
  /** What the upstream gets; nothing, too, where it isn't reached. */
  readonly upstreamGets: Uint8Array;
  readonly counters: Readonly<Record<string, number>>;
  readonly log: readonly LogEntry[];
}

export type Step = RequestStep | ReconfigureStep | ConnectionStep;

/** Streams without sockets: how many, and after how many of them memory no longer grows. */
export interface Soak {
  readonly streams: number;
  readonly settle: number;
  /** By which fraction it may grow after that. */
  readonly growth: number;
}

/** A case with all its defaults filled in. */
export interface Case {
  readonly topic: string;
  readonly name: string;
  /** Whether the contract's announcement and counter are implied. */
  readonly contract: boolean;
  /** The proxies it is for. */
  readonly on: readonly ProxyName[];
  readonly because?: string;
  readonly xfail: readonly { readonly proxy?: ProxyName; readonly variant?: string; readonly reason: string }[];
  readonly filters: readonly Filter[];
  /** The clusters of its file by name. */
  readonly clusters: Readonly<Record<string, ClusterKind>>;
  /** Whether its filters are TCP filters. */
  readonly tcp: boolean;
  /** Whether the upstream is asked over HTTP/2. */
  readonly http2Upstream: boolean;
  /** Host function -> name of the status it returns. */
  readonly faults: Readonly<Record<string, string>>;
  readonly log: readonly LogEntry[];
  readonly steps: readonly Step[];
  readonly soak?: Soak;
}

/** What a case is called in reports. */
export const title = (of: Pick<Case, "topic" | "name">): string => `${of.topic} / ${of.name}`;
