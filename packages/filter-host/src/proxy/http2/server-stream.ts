import type { Pair } from "proxy-wasm-host";
import { ErrorCode } from "./frame.ts";
import { encodeHeaders } from "./hpack-encoder.ts";
import { Http2Stream } from "./stream.ts";

/** A client's request, and the response to it. */
export class ServerStream extends Http2Stream {
  /** When it began, in milliseconds of `performance.now`. */
  readonly began = performance.now();
  /** Whether the response has begun. */
  responded = false;
  /** How long the stream was open when its client reset it before the response, in milliseconds. */
  gaveUpAfter: number | undefined;

  /** Sends an informational head. */
  inform(pairs: Iterable<Pair>): void {
    if (!this.closed) this.connection.sendHeaders(this.id, encodeHeaders(pairs), false);
  }

  /** Sends the head of the response. */
  respond(pairs: Iterable<Pair>, end: boolean): void {
    if (this.closed || this.localEnded) return;
    this.responded = true;
    this.sendHead(pairs, end);
  }

  protected override finished(): void {
    if (this.remoteEnded) {
      this.close();
      return;
    }
    // The rest of the request is of no use (RFC 9113, section 8.1), unless it has come already.
    this.connection.afterwards(() => {
      if (this.remoteEnded) this.close();
      else this.reset(ErrorCode.none);
    });
  }

  protected override get done(): boolean {
    return this.localEnded;
  }
}
