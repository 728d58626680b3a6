import { type LocalReply, localReply, MISSING } from "../http/local-reply.ts";
import type { ChainPlugin } from "../streams/chain.ts";
import { type Filter, refusingFilter, type StreamHandle } from "../streams/filter.ts";
import { PASSING, refusing, type TcpFilter, type TcpHandle } from "../streams/tcp-filter.ts";

/** A plugin whose module could not be had. */
export interface UnavailablePluginOptions {
  readonly name: string;
  /** Why there is no module. */
  readonly unavailable: string;
  /**
   * What becomes of requests. `deny` and `pass`: what Istio's agent puts in the place of a module that it can't pull
   * (istio pkg/wasm/convert.go, createHTTPDefaultFilter); `refuse`: what Envoy does itself, the last good module stays if there is one.
   */
  readonly requests: "deny" | "pass" | "refuse";
}

/** What Envoy's RBAC filter answers where no policy allows anything (envoyproxy/envoy, source/extensions/filters/http/rbac/rbac_filter.cc). */
const DENIED = localReply(403, "rbac_access_denied_matched_policy[none]", "RBAC: access denied");

/** Stands in the chain where a module should. */
export class UnavailablePlugin implements ChainPlugin {
  readonly state = "unavailable";
  readonly memoryPages = 0;
  readonly options: UnavailablePluginOptions;
  readonly #answer: LocalReply | undefined;

  constructor(options: UnavailablePluginOptions) {
    this.options = options;
    this.#answer = { deny: DENIED, pass: undefined, refuse: MISSING }[options.requests];
  }

  get name(): string {
    return this.options.name;
  }

  get error(): string {
    return this.options.unavailable;
  }

  newStream(handle: StreamHandle): Filter | undefined {
    return this.#answer && refusingFilter(handle, this.#answer);
  }

  newConnection(handle: TcpHandle): TcpFilter {
    return this.#answer ? refusing(handle) : PASSING;
  }

  drain(): void {}
  retire(): void {}
}

/** One line for the log. */
export function unavailableText({ unavailable, requests }: UnavailablePluginOptions, lastGood: boolean): string {
  if (lastGood) return `${unavailable}; the last good module stays`;
  const then = { deny: "every request gets 403", pass: "requests pass without it", refuse: "every request gets 500" };
  return `${unavailable}; ${then[requests]}`;
}
