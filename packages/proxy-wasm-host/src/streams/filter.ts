import type { ByteBuffer } from "../http/byte-buffer.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { LocalReply } from "../http/local-reply.ts";
import type { StreamInfo } from "./stream-info.ts";

/** Gets what comes out of the filters: the upstream gets requests, the client gets responses. */
export interface Receiver {
  /** @param end whether the message ends with its headers */
  headers(headers: HeaderMap, end: boolean): void;
  /** @returns false if the sender should wait */
  data(bytes: Uint8Array, end: boolean): boolean;
  trailers(trailers: HeaderMap): void;
}

/** What to do with the part of a message that a filter has seen. */
export type Verdict = "continue" | "stop-and-buffer" | "stop-and-watermark" | "stop-no-buffer";

/** One filter in one direction. */
export interface Stage {
  headers(headers: HeaderMap, end: boolean): Verdict;
  data(body: ByteBuffer, end: boolean): Verdict;
  trailers(trailers: HeaderMap): Verdict;
}

/** What a filter can do with its stream. */
export interface StreamHandle {
  readonly info: StreamInfo;
  /** Sends a local reply. */
  reply(reply: LocalReply): void;
  /** Adds trailers to a message that has none, in the callback for the end of its body. */
  addTrailers(filter: Filter, side: "request" | "response"): HeaderMap;
  /** Continues after a filter that has stopped. */
  resume(filter: Filter, side: "request" | "response"): void;
  /** Resets the stream. */
  reset(): void;
}

/** One filter of one stream. */
export interface Filter {
  readonly request: Stage;
  readonly response: Stage;
  /** The stream has ended: the filter can write its log. */
  log(): void;
  /** Ends the filter's context. */
  end(): void;
}

const pass = (): Verdict => "continue";

/** Takes the place of a filter that could not be loaded: answers every request. */
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
