import { getCACertificates } from "node:tls";
import type { Dispatcher, RequestInit, Response } from "undici";
import { isLoopback } from "./endpoint.ts";
import type { RegistryOptions } from "./options.ts";

/** How long a server may take for the head of an answer, and between two parts of its body, in milliseconds. */
const TIMEOUTS = { headersTimeout: 120_000, bodyTimeout: 60_000 };

/** Node's fetch, over the connections that {@link createFetch} configures. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/**
 * A fetch that trusts Node's, the system's and the given authorities, and goes through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and
 * `NO_PROXY` name, except to this machine.
 */
export function createFetch({ ca }: Pick<RegistryOptions, "ca">): Fetch {
  const agents = new Map<string, Dispatcher>();
  return async (url, init) => {
    // Commands that need no registry start without it.
    const { Agent, EnvHttpProxyAgent, fetch } = await import("undici");
    const loopback = isLoopback(url.hostname);
    const key = `${loopback} ${url.protocol}`;
    let dispatcher = agents.get(key);
    if (!dispatcher) {
      // Reading the system's authorities takes a while, and plain http needs none.
      const connect = url.protocol === "https:" ? { ca: trusted(ca) } : {};
      dispatcher = loopback
        ? new Agent({ ...TIMEOUTS, connect })
        : new EnvHttpProxyAgent({ ...TIMEOUTS, connect, requestTls: connect });
      agents.set(key, dispatcher);
    }
    return fetch(url, { ...init, dispatcher });
  };
}

function trusted(ca: RegistryOptions["ca"]): string[] {
  const own = typeof ca === "string" ? ca : new TextDecoder().decode(ca);
  return [...getCACertificates("default"), ...getCACertificates("system"), ...(own ? [own] : [])];
}
