import type { Response } from "undici";
import { connectionError } from "./connection-error.ts";
import { isLoopback } from "./endpoint.ts";
import { RegistryError } from "./error.ts";
import type { Fetch } from "./fetch.ts";
import type { RegistryOptions } from "./options.ts";

/** A request to any server. */
interface Request {
  readonly method: string;
  readonly url: URL;
  /** The `authorization` goes to the URL's own origin alone. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Called with the number of bytes of the body that were sent. */
  readonly onSent?: ((count: number) => void) | undefined;
  /** What is requested from which server, for messages. */
  readonly where: string;
}

/** Sends a request and follows redirects; the caller must read or cancel the answer's body. */
export type Transport = (request: Request) => Promise<Response>;

/** As many as Go follows. */
const MOST_REDIRECTS = 10;

/** How many bytes of a body go between two reports. */
const STEP = 64 * 1024;

/**
 * A transport over fetch.
 *
 * It rejects with a RegistryError if a server can't be reached, redirects in circles, or sends the request from https to plain http.
 */
export function createTransport({
  ca,
  insecure = false,
  signal,
}: Pick<RegistryOptions, "ca" | "insecure" | "signal">): Transport {
  let fetches: Promise<Fetch> | undefined;
  return async ({ method, url: first, headers, body, onSent, where }) => {
    // Only now: undici takes a while to load, and most commands ask no registry.
    fetches ??= import("./fetch.ts").then(({ createFetch }) => createFetch({ ca }));
    const fetch = await fetches;
    let url = first;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      checkScheme(url, insecure, where);
      const response = await fetch(url, {
        method,
        headers: {
          ...COMMON_HEADERS,
          ...(url.origin === first.origin ? headers : anonymous(headers)),
          ...lengthOf(body),
        },
        body: body && onSent ? reported(body, onSent) : (body ?? null),
        duplex: "half",
        redirect: "manual",
        signal: signal ?? null,
      }).catch((error) => {
        throw connectionError(where, url.origin, error);
      });
      const location = response.headers.get("location");
      if (!isRedirect(response.status, method) || !location || !URL.canParse(location, url.href)) return response;
      await response.body?.cancel();
      url = new URL(location, url);
    }
    throw new RegistryError(`${where}: more than ${MOST_REDIRECTS} redirects, the last to ${url.origin}`);
  };
}

/** As stored: a length then is the blob's size. */
const COMMON_HEADERS = { "accept-encoding": "identity", "user-agent": "wasm-header-filter" };

/** Without a length, a body that is reported would go in chunks, which not every registry takes. */
function lengthOf(body: Uint8Array | undefined): Record<string, string> {
  return body ? { "content-length": `${body.length}` } : {};
}

async function* reported(body: Uint8Array, onSent: (count: number) => void): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += STEP) {
    yield body.subarray(at, at + STEP);
    onSent(Math.min(at + STEP, body.length));
  }
}

/** Only 307 and 308 keep the method, so others move nothing but reads. */
function isRedirect(status: number, method: string): boolean {
  return (
    status === 307 || status === 308 || (status >= 301 && status <= 303 && (method === "GET" || method === "HEAD"))
  );
}

function anonymous({ authorization: _, ...headers }: Readonly<Record<string, string>>): Record<string, string> {
  return headers;
}

/** Plain http is for this machine, unless the user allows it. */
function checkScheme({ protocol, host, hostname }: URL, insecure: boolean, where: string): void {
  if (protocol === "https:" || (protocol === "http:" && (insecure || isLoopback(hostname)))) return;
  throw new RegistryError(`${where}: leads to ${protocol}//${host}, which is not https (--insecure allows plain http)`);
}
