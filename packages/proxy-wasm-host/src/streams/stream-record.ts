import type { HeaderMap } from "../http/headers.ts";

/** What is known about a stream after its end. */
export interface EndedStream {
  /** Bytes of the body that came from the client. */
  readonly requestSize: number;
  /** Bytes of the body that went to the client. */
  readonly responseSize: number;
  readonly responseCodeDetails: string | undefined;
  /** Milliseconds from the start to the end. */
  readonly duration: number | undefined;
}

/** Records what happens to one stream. */
export interface StreamRecord {
  /** The client's request, before the filters. */
  asked(headers: HeaderMap): void;
  /** The request that goes to the upstream. */
  sentUpstream(headers: HeaderMap): void;
  /** The upstream's response, or a local reply, before the filters. */
  answered(headers: HeaderMap): void;
  /** The response that goes to the client. */
  sentClient(headers: HeaderMap): void;
  /** The stream has finished or was aborted. */
  ended(stream: EndedStream): void;
}
