import type {
  BackgroundView,
  Overview,
  ReplayRequest,
  RequestSummary,
  RequestView,
  Sample,
} from "../src/archive/recording.ts";

/** What the page shows at one point in time. */
export interface State extends Overview {
  /** The oldest first. */
  readonly requests: readonly RequestSummary[];
  readonly samples: readonly Sample[];
}

/** Where the page gets its data from: a running host, or a recording. */
export interface Source {
  readonly state: State | undefined;
  /** The current problem, such as a lost connection. */
  readonly trouble: string | undefined;
  /** When the recording was written; absent for a running host. */
  readonly recorded?: number;
  /**
   * Calls a function after each change.
   *
   * @returns a function that ends this
   */
  subscribe(changed: () => void): () => void;
  /** @throws Error if the request is not kept */
  request(id: number): Promise<RequestView>;
  background(): Promise<readonly BackgroundView[]>;
  /**
   * Sends a request through the proxy.
   *
   * @returns the id of its record
   */
  replay?(request: ReplayRequest): Promise<number>;
  /** Holds new requests back, lets the oldest of them pass, or all and those to come. */
  hold?(what: "pause" | "release" | "continue"): Promise<void>;
}
