import type { Pair } from "proxy-wasm-host";
import { ErrorCode } from "./frame.ts";
import { Http2Stream, type StreamConnection, type StreamEvents } from "./stream.ts";

/** What a request to an upstream tells. */
export interface ClientStreamEvents extends Omit<StreamEvents, "closed"> {
  /** An informational head (1xx) with this status has come. */
  informed(status: number): void;
  /** The head of the response has come; `end`: it is the whole response. */
  head(pairs: readonly Pair[], end: boolean): void;
  /** No more is received or sent; `failure`: why there is no complete response. */
  closed(failure?: Error): void;
}

/** A request to an upstream, and the response to it. */
export class ClientStream extends Http2Stream {
  readonly method: string;
  readonly #events: ClientStreamEvents;
  /** Whether an informational head has come. */
  informed = false;
  /** Whether the head of the response has come. */
  answered = false;
  #failure: Error | undefined;

  constructor(
    id: number,
    connection: StreamConnection,
    sendWindow: number,
    method: string,
    events: ClientStreamEvents,
  ) {
    super(id, connection, sendWindow);
    this.method = method;
    this.#events = events;
    const closed = () => events.closed(this.#failure);
    this.listen({ data: events.data, trailers: events.trailers, drained: events.drained, closed });
  }

  /** Sends the head of the request. */
  request(pairs: Iterable<Pair>, end: boolean): void {
    this.sendHead(pairs, end);
  }

  /** An informational head has come. */
  inform(status: number): void {
    this.informed = true;
    this.#events.informed(status);
  }

  /** The head of the response has come. */
  answer(pairs: readonly Pair[], end: boolean): void {
    this.answered = true;
    this.remoteEnded = end;
    this.#events.head(pairs, end);
    if (end) this.passedOn();
  }

  /** Closes the stream, which has no complete response. @param code that of RST_STREAM; undefined: none is sent */
  fail(failure: Error, code?: number): void {
    this.#failure ??= failure;
    if (code === undefined) this.close();
    else this.reset(code);
  }

  protected override finished(): void {}

  protected override get done(): boolean {
    return false;
  }

  protected override passedOn(): void {
    if (this.localEnded) this.close();
    else this.reset(ErrorCode.internal);
  }
}
