import type { EnvoyVersion, Finding, LogLine, Pair, PluginOptions } from "proxy-wasm-host";

/** A request of the trial. */
export interface TrialRequest {
  /** Shown in the results: `with hello`. */
  readonly name: string;
  /** With the pseudo-headers. */
  readonly headers: readonly Pair[];
  /** Left out: no body. */
  readonly body?: string | undefined;
}

/** What the process that tries modules is asked to do. */
export interface Task {
  readonly module: Uint8Array;
  readonly envoy: EnvoyVersion;
  readonly configuration: Uint8Array;
  readonly plugin: Pick<PluginOptions, "rootId" | "environment" | "sourceMap">;
  /** The services that the module may call: URLs by name. */
  readonly clusters: Readonly<Record<string, string>>;
  /** Undefined: what is usual for the module. */
  readonly requests: readonly TrialRequest[] | undefined;
  /** The URL of a program that exports a {@link TrialHost}. */
  readonly host: string | undefined;
  /** How many bytes the module may make its host keep. */
  readonly kept: number;
}

/** The kinds of things outside of a module that it uses by name. */
export const USES = ["cluster", "queue", "property", "foreign function", "metric"] as const;
export type UseKind = (typeof USES)[number];

/** Something outside of the module that it has used. */
export interface Use {
  readonly kind: UseKind;
  readonly name: string;
  /** Whether the trial does not have it, although a proxy may. */
  readonly missing: boolean;
}

/** How often a host function was called. */
export interface CallCount {
  readonly name: string;
  readonly calls: number;
  /** What the module passed, in bytes. */
  readonly bytes: number;
}

/** The cost of one request: the calls of the module by the host, and of the host by the module. */
export interface RequestCost {
  readonly name: string;
  /** The exports that the host called, including the allocator; at most {@link KEPT_CALLS}. */
  readonly entries: readonly string[];
  /** The host functions that the module called; at most {@link KEPT_CALLS}. */
  readonly calls: readonly string[];
  /** How many entries and calls are left out. */
  readonly leftOut?: { readonly entries: number; readonly calls: number };
  /** What the module still held at the end of the trial, whole or a part of it. */
  readonly held?: Held;
  /** The first lines of what its engine has logged of exceptions: `onRequestHeaders: Error: no such key`; at most {@link KEPT_THROWN}. */
  readonly thrown?: readonly string[];
}

/** How many entries, and calls, of one request are kept. */
export const KEPT_CALLS = 1000;

/** What a module can hold. */
export type Held = "request" | "response" | "connection";

/** How many exceptions of one request are kept. */
export const KEPT_THROWN = 10;

/** A request, or the connection, that ended with a trap. */
export interface StageFailure {
  /** The request's name, or {@link CONNECTION}. */
  readonly stage: string;
  readonly error: string;
  /** Whether the module's SDK logged that it made no context of this kind: `invalid context_id`. */
  readonly noContext: boolean;
}

/** How a module's trial ended by itself. */
export interface TrialEnd {
  readonly state: "running" | "refused" | "failed";
  /** Why it was refused or has failed first. */
  readonly error?: string | undefined;
  /** At most two: the first request, and the connection. */
  readonly failures: readonly StageFailure[];
  /** Whether it refused its configuration, after it had started. */
  readonly refusedConfiguration: boolean;
  /** Whether it read its configuration. */
  readonly readConfiguration: boolean;
  /** The host function that it called although it has no memory for it. */
  readonly withoutMemory?: string | undefined;
  /** The size of its memory, in pages of 64 KiB. */
  readonly memoryPages: number;
}

/** What was found without running callbacks. */
export interface Inspected {
  readonly findings: readonly Finding[];
  readonly abi?: string;
  /** `MODULE.NAME`. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** The size of its code section, in bytes. */
  readonly code: number;
  readonly loads: boolean;
}

/** The stage of a trial before its first request. */
export const START = "start";

/** The stage of a trial with a TCP connection. */
export const CONNECTION = "a connection";

/** The steps of a trial that are not callbacks. */
export const COMPILATION = "compilation";
export const START_FUNCTION = "the start function";

/** A line of what the process that tries modules reports. */
export type Report =
  | { readonly is: "step"; readonly name: string }
  | { readonly is: "inspected"; readonly inspected: Inspected }
  | { readonly is: "line"; readonly line: LogLine }
  | { readonly is: "use"; readonly use: Use }
  | { readonly is: "counts"; readonly stage: string; readonly counts: readonly CallCount[] }
  | { readonly is: "request"; readonly request: RequestCost }
  | { readonly is: "full"; readonly bytes: number }
  | { readonly is: "tried"; readonly end: TrialEnd }
  | { readonly is: "done" };
