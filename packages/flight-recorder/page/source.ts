import type {
  BackgroundView,
  Header,
  Overview,
  Recording,
  RequestSummary,
  RequestView,
  Sample,
} from "../src/archive/recording.ts";

/** What the page shows at one moment. */
export interface State extends Overview {
  /** The oldest first. */
  readonly requests: readonly RequestSummary[];
  readonly samples: readonly Sample[];
}

/** A request to send once more. */
export interface Replay {
  readonly of: number;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body?: string;
}

/** Where the page has what it shows: a host that runs, or a recording. */
export interface Source {
  readonly state: State | undefined;
  /** What is wrong, if anything is. */
  readonly trouble: string | undefined;
  /** When it was recorded; left out: it goes on. */
  readonly recorded?: number;
  /** Tells of changes until the function returned is called. */
  subscribe(changed: () => void): () => void;
  /** @throws Error if there is no such request any more */
  request(id: number): Promise<RequestView>;
  background(): Promise<readonly BackgroundView[]>;
  /** Sends a request through the proxy and gives the id of what was recorded. */
  replay?(request: Replay): Promise<number>;
  /** All there is, to be saved. */
  recording?: Recording;
}
