import type { HeaderMap } from "proxy-wasm-host";
import type { AlpnProtocol } from "../net/dialer.ts";
import type { Negotiation } from "./negotiation.ts";
import type { UpstreamEnd, UpstreamEvents } from "./upstream-end.ts";
import { failureReply } from "./upstream-failure.ts";

/** The upstream's end of an exchange over TLS: what is sent waits until the upstream has chosen its protocol. */
export class NegotiatedUpstream implements UpstreamEnd {
  readonly #events: UpstreamEvents;
  readonly #waiting: ((end: UpstreamEnd) => void)[] = [];
  #end: UpstreamEnd | undefined;
  #blocked = false;
  #closed = false;

  /** @param open opens the upstream's end once its protocol is known */
  constructor(
    negotiation: Negotiation,
    upstream: URL,
    events: UpstreamEvents,
    open: (protocol: AlpnProtocol) => UpstreamEnd,
  ) {
    this.#events = events;
    negotiation.protocolOf(upstream, (error, protocol = "http/1.1") => {
      if (this.#closed) return;
      // The connection may be known at once, and the caller has not this object then.
      if (error) setImmediate(() => this.#fail(error));
      else this.#begin(open(protocol));
    });
  }

  headers(headers: HeaderMap, end: boolean): void {
    this.#pass((to) => to.headers(headers, end));
  }

  data(bytes: Buffer, end: boolean): boolean {
    if (this.#end) return this.#end.data(bytes, end);
    this.#waiting.push((to) => to.data(bytes, end));
    this.#blocked = true;
    return false;
  }

  trailers(trailers: HeaderMap): void {
    this.#pass((to) => to.trailers(trailers));
  }

  resume(): void {
    this.#end?.resume();
  }

  close(): void {
    this.#closed = true;
    this.#end?.close();
  }

  #pass(send: (end: UpstreamEnd) => void): void {
    if (this.#end) send(this.#end);
    else this.#waiting.push(send);
  }

  #begin(end: UpstreamEnd): void {
    this.#end = end;
    for (const send of this.#waiting.splice(0)) send(end);
    if (this.#blocked) this.#events.unblocked();
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.failed(failureReply(error), error);
  }
}
