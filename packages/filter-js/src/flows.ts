import { StreamType } from "./streams.ts";

/** What a callback's promise pauses. Data from the server can't be continued by a filter, so a promise doesn't pause it. */
export const DIRECTIONS: Record<string, StreamType> = {
  onRequestHeaders: StreamType.Request,
  onRequestBody: StreamType.Request,
  onRequestTrailers: StreamType.Request,
  onResponseHeaders: StreamType.Response,
  onResponseBody: StreamType.Response,
  onResponseTrailers: StreamType.Response,
  onNewConnection: StreamType.Downstream,
  onDownstreamData: StreamType.Downstream,
};

/** One direction of a stream, while callbacks of it are asynchronous. */
export interface Flow {
  readonly direction: StreamType;
  /** The callbacks' promises that are not settled. */
  pending: number;
  /** Whether the client has been answered by the filter: then nothing is left to continue. */
  isAnswered: boolean;
}

/** The directions of each stream that wait or have waited, by context. */
export class Flows {
  readonly #streams = new Map<number, Flow[]>();

  /** The direction of a stream; undefined if no callback of it has waited or answered. */
  find(context: number, direction: StreamType): Flow | undefined {
    if (this.#streams.size === 0) return undefined;
    const flows = this.#streams.get(context);
    if (flows) for (let at = 0; at < flows.length; at++) if (flows[at]?.direction === direction) return flows[at];
    return undefined;
  }

  /** The direction of a stream whose callback waits or answers. */
  of(context: number, direction: StreamType): Flow {
    const found = this.find(context, direction);
    if (found) return found;
    const flow: Flow = { direction, pending: 0, isAnswered: false };
    const others = this.#streams.get(context);
    if (others) others.push(flow);
    else this.#streams.set(context, [flow]);
    return flow;
  }

  /** The filter has answered the client. The answer is a response of its own, whose callbacks may wait again. */
  answered(context: number): void {
    for (const flow of this.#streams.get(context) ?? []) flow.isAnswered = true;
  }

  end(context: number): void {
    if (this.#streams.size > 0) this.#streams.delete(context);
  }
}
