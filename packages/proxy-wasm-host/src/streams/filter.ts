import type { ByteBuffer } from "../http/byte-buffer.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { LocalReply } from "../http/local-reply.ts";
import type { StreamInfo } from "./stream-info.ts";

/** Where one side of an exchange ends: the upstream for requests, the client for responses. */
export interface Receiver {
  headers(headers: HeaderMap, end: boolean): void;
  /** @returns false if the sender had better wait until told to go on */
  data(bytes: Uint8Array, end: boolean): boolean;
  trailers(trailers: HeaderMap): void;
}

/** What a filter wants done with what it was shown. */
export type Verdict = "continue" | "stop-and-buffer" | "stop-and-watermark" | "stop-no-buffer";

/** One filter's part in one direction. */
export interface Stage {
  headers(headers: HeaderMap, end: boolean): Verdict;
  data(body: ByteBuffer, end: boolean): Verdict;
  trailers(trailers: HeaderMap): Verdict;
}

/** What a filter may do to the stream it is part of. */
export interface StreamHandle {
  readonly info: StreamInfo;
  reply(reply: LocalReply): void;
  /** Trailers for a message whose end the filter has seen, and which has none. */
  addTrailers(filter: Filter, side: "request" | "response"): HeaderMap;
  resume(filter: Filter, side: "request" | "response"): void;
  reset(): void;
}

/** One filter's part in one stream. */
export interface Filter {
  readonly request: Stage;
  readonly response: Stage;
  /** The stream is over: the filter may look at it once more. */
  log(): void;
  /** Forgets the stream. */
  end(): void;
}

const pass = (): Verdict => "continue";

/** What stands where a filter should that could not be loaded: every request is answered here. */
export function refusingFilter(handle: StreamHandle, answer: LocalReply): Filter {
  const refuse = (): Verdict => {
    handle.reply(answer);
    return "stop-and-watermark";
  };
  return {
    request: { headers: refuse, data: pass, trailers: pass },
    response: { headers: pass, data: pass, trailers: pass },
    log: () => {},
    end: () => {},
  };
}
