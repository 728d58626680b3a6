import { fetch, type Response } from "undici";
import { readStart } from "./body.ts";
import type { Endpoint } from "./endpoint.ts";
import { RegistryError, refusal } from "./error.ts";

/** One thing asked of a registry. */
interface Ask {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT";
  /** Below the repository, such as `tags/list`; a URL is taken as it is. */
  readonly at: string | URL;
  /** What is asked for, for messages. */
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The statuses that the caller deals with; every other one is an error. */
  readonly expect: readonly number[];
}

/** Asks one repository of one registry. */
export interface Client {
  readonly endpoint: Endpoint;
  /** An answer whose body the caller must read or cancel. */
  ask(ask: Ask): Promise<Response>;
}

/** A client for a repository. */
export function createClient(endpoint: Endpoint): Client {
  return {
    endpoint,
    async ask({ method, at, what, headers = {}, body, expect }) {
      const url = typeof at === "string" ? new URL(`/v2/${endpoint.repository}/${at}`, endpoint.origin) : at;
      const where = `${endpoint.name}: ${what}`;
      // As stored: a length then is the blob's size.
      const init = { method, headers: { "accept-encoding": "identity", ...headers }, redirect: "manual" as const };
      const response = await fetch(url, { ...init, body: body ?? null }).catch((cause) => {
        throw new RegistryError(`${where}: no answer from ${url.origin}`, { cause: cause.cause ?? cause });
      });
      if (expect.includes(response.status)) return response;
      throw refusal(where, response, await readStart(response));
    },
  };
}
