import { type EngineError, UnavailableError } from "../errors.ts";
import { type LocalReply, localReply, MISSING } from "../http/local-reply.ts";
import type { ChainPlugin } from "../streams/chain.ts";
import { type Filter, refusingFilter, type StreamHandle } from "../streams/filter.ts";
import { PASSING, refusing, type TcpFilter, type TcpHandle } from "../streams/tcp-filter.ts";

/** A plugin without a module. */
export interface UnavailablePluginOptions {
  /** Shown in logs. */
  readonly name: string;
  /** Why there is no module. */
  readonly unavailable: string;
  /**
   * What happens to requests. `deny` (403) and `pass`: Istio's agent does this if it cannot pull a module (istio
   * pkg/wasm/convert.go, createHTTPDefaultFilter); `refuse` (500): Envoy itself does this, and keeps the last good module if there is one.
   */
  readonly requests: "deny" | "pass" | "refuse";
}

/** What Envoy's RBAC filter answers where no policy allows anything (envoyproxy/envoy, source/extensions/filters/http/rbac/rbac_filter.cc). */
const DENIED = localReply(403, "rbac_access_denied_matched_policy[none]", "RBAC: access denied");

/** Takes the place of a plugin whose module is not available. */
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

  get reason(): EngineError {
    return new UnavailableError(this.options.unavailable);
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
