import type { TraceEvent } from "@wasm-header-filter/filter-host";
import type { Backends } from "../backends/backends.ts";
import type { Case, Level, ProxyName } from "../cases/case.ts";

/** What filters did between two calls of `look`. */
interface Seen {
  /** All lines, with the name of the filter that logged them. */
  readonly log: readonly (readonly [level: Level, text: string])[];
  /** Host functions that modules called, in order. */
  readonly calls: readonly string[];
  /** Functions of modules that the proxy called, in order; the allocator among them. */
  readonly callbacks: readonly string[];
}

/** A case's chain of filters, ready for requests. */
export interface Chain {
  readonly url: URL;
  /** Delivers a configuration to a running filter, and waits until it is in force or refused. */
  reconfigure(filter: number, configuration: Uint8Array): Promise<void>;
  /** What the filters did since the last call, or since they were set up; complete for all streams that have ended. */
  look(): Promise<Seen>;
  /** The proxy's counters by name. */
  counters(): Promise<ReadonlyMap<string, number>>;
  /** The text of /stats/prometheus. */
  prometheus(): Promise<string>;
  close(): Promise<void>;
}

/** A proxy that carries out cases with the module under test. */
export interface ProxyUnderTest {
  readonly name: ProxyName;
  /** The same proxy with no filter, in front of the upstream by either protocol. */
  baseline(http2Upstream: boolean): URL;
  /** Sets up a case's chain. */
  open(of: Case): Promise<Chain>;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** The module under test; a function where each case has its own. */
  readonly module: Uint8Array | ((of: Case) => Uint8Array);
  readonly backends: Backends;
  /** All cases that may be opened. */
  readonly cases: readonly Case[];
  /** Told each crossing between host and module, by proxies that can tell them with arguments. */
  readonly trace?: (event: TraceEvent) => void;
  /** Gets what the proxy and its filters log, and each call between host and module, as text. */
  readonly log?: ((line: string) => void) | undefined;
}

/** The module that a case is for. */
export function moduleOf(module: ProxyOptions["module"], of: Case): Uint8Array {
  return typeof module === "function" ? module(of) : module;
}
