import type { Response } from "undici";
import type { Reference } from "../reference.ts";
import { createAuthorization } from "./authorization.ts";
import { readBody } from "./body.ts";
import { type Endpoint, endpointOf } from "./endpoint.ts";
import type { RegistryOptions } from "./options.ts";
import { responseError } from "./response-error.ts";
import { createRetry, type Retry } from "./retry.ts";
import { createTransport } from "./transport.ts";

/** One request to a registry. */
interface Ask {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT";
  /** Below the repository, such as `tags/list`; a URL is taken as it is. */
  readonly at: string | URL;
  /** What is requested, for messages. */
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Called with the number of bytes of the body that were sent. */
  readonly onSent?: (count: number) => void;
  /** The statuses that the caller handles; every other one is an error. */
  readonly expect: readonly number[];
  /** Whether the right to push is needed; by default when the method changes something. */
  readonly push?: boolean;
  /** Another repository that must be readable too. */
  readonly from?: string;
}

/** Sends requests to one repository of one registry. */
export interface Client {
  readonly endpoint: Endpoint;
  /** The size of an upload's parts, in bytes. */
  readonly chunkSize: number;
  readonly progress: RegistryOptions["progress"];
  /** Names something of the repository in messages. */
  where(what: string): string;
  /** Sends a request, with credentials if the registry asks for them. The caller must read or cancel the answer's body. */
  once(ask: Ask): Promise<Response>;
  /** Repeats an operation after transient errors. */
  readonly retry: Retry;
  /** {@link Client.once} with retries; the answer's body is discarded. */
  ask(ask: Ask): Promise<Response>;
  /** The same with the body read, which may be at most `limit` bytes. */
  read(ask: Ask, limit: number): Promise<{ response: Response; bytes: Uint8Array }>;
}

/** A client for a repository. */
export function createClient(reference: Reference, options: RegistryOptions): Client {
  const endpoint = endpointOf(reference, options);
  const transport = createTransport(options);
  const authorization = createAuthorization(endpoint, transport, options);
  const retry = createRetry(options);
  const where = (what: string) => `${endpoint.name}: ${what}`;

  const once = async (ask: Ask): Promise<Response> => {
    const { method, at, what, headers = {}, body, onSent, expect } = ask;
    const url = typeof at === "string" ? new URL(`/v2/${endpoint.repository}/${at}`, endpoint.origin) : at;
    const scope = scopeOf(endpoint, ask);
    const send = (authorized: string | undefined) =>
      transport({
        method,
        url,
        headers: { ...headers, ...(authorized && { authorization: authorized }) },
        body,
        onSent,
        where: where(what),
      });
    // An upload may continue on another server, and a blob may be stored there: neither gets credentials.
    const ours = ({ origin }: URL) => origin === endpoint.origin;
    let response = await send(ours(url) ? await authorization.before(scope, where(what)) : undefined);
    if (response.status === 401 && ours(url) && ours(new URL(response.url))) {
      const answer = await authorization.answer(response.headers.get("www-authenticate"), scope, where(what));
      if (answer !== undefined) {
        await response.body?.cancel();
        response = await send(answer);
      }
    }
    if (expect.includes(response.status)) return response;
    const denied = (response.status === 401 || response.status === 403) && ours(new URL(response.url));
    throw await responseError(where(what), response, denied ? authorization.hint() : "");
  };

  return {
    endpoint,
    chunkSize: options.chunkSize ?? 8 * 1024 * 1024,
    progress: options.progress,
    where,
    once,
    retry,
    async ask(ask) {
      const response = await retry(() => once(ask));
      await response.body?.cancel();
      return response;
    },
    read: (ask, limit) =>
      retry(async () => {
        const response = await once(ask);
        return { response, bytes: await readBody(response, limit, where(ask.what)) };
      }),
  };
}

function scopeOf(
  { repository }: Endpoint,
  { method, push = method !== "GET" && method !== "HEAD", from }: Ask,
): string {
  const own = `repository:${repository}:${push ? "pull,push" : "pull"}`;
  return from === undefined ? own : `${own} repository:${from}:pull`;
}
