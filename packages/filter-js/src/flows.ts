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

/** The directions of each stream, by context. */
export class Flows {
  readonly #streams = new Map<number, Flow[]>();

  /** The direction of a stream whose callback is called. */
  of(context: number, direction: StreamType): Flow {
    let flows = this.#streams.get(context);
    if (!flows) {
      flows = [];
      this.#streams.set(context, flows);
    }
    let flow = flows.find((each) => each.direction === direction);
    if (!flow) {
      flow = { direction, pending: 0, isAnswered: false };
      flows.push(flow);
    }
    return flow;
  }

  /** The filter has answered the client. The answer is a response of its own, whose callbacks may wait again. */
  answered(context: number): void {
    for (const flow of this.#streams.get(context) ?? []) flow.isAnswered = true;
  }

  end(context: number): void {
    this.#streams.delete(context);
  }
}
