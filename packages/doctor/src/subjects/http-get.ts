import { once } from "node:events";
import { type ClientRequest, get, Agent as HttpAgent, type IncomingMessage, type RequestOptions } from "node:http";
import { get as getSecure, Agent as HttpsAgent } from "node:https";
import { gunzip, isLoopback } from "@wasm-header-filter/oci";

/** An answer, with its body decoded; `fault` is why the body could not be read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly fault?: string;
}

/** How many requests follow each other at most (Go's net/http client.go, defaultCheckRedirect). */
const REQUESTS = 10;

/** The size limit of an answer's head, in bytes (Go's net/http transport.go, maxHeadersBytes). */
const HEAD_LIMIT = 10 << 20;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends GET as Go's HTTP client does: it follows redirects, sends the user name and password of a URL, decodes gzip and no other coding,
 * and goes through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, except to this machine.
 *
 * @param limit of the body, in bytes
 * @throws Error if there is no answer, or one that leads nowhere
 */
export async function httpGet(start: URL, limit: number, signal: AbortSignal): Promise<Answer> {
  let url = start;
  for (let count = 0; count < REQUESTS; count++) {
    const response = await headOf(url, signal);
    const { statusCode: status = 0, headers } = response;
    const { location } = headers;
    if (!REDIRECTS.has(status) || !location) {
      return { status, ...(status === 101 ? { body: new Uint8Array() } : await bodyOf(response, limit)) };
    }
    response.destroy();
    if (!URL.canParse(location, url.href)) throw new Error(`redirects to ${JSON.stringify(location)}, which is no URL`);
    url = new URL(location, url);
  }
  throw new Error(`stopped after ${REQUESTS} redirects`);
}

async function headOf(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const request = send(url, {
    signal,
    headers: { "accept-encoding": "gzip", "user-agent": "Go-http-client/1.1" },
    maxHeaderSize: HEAD_LIMIT,
    // Go takes lines that end with LF, and chunks beside a length. Nothing else is sent on this connection.
    insecureHTTPParser: true,
  });
  const upgraded = Promise.withResolvers<[IncomingMessage]>();
  request.on("upgrade", (response, socket) => {
    socket.destroy();
    upgraded.resolve([response]);
  });
  const [response] = (await Promise.race([once(request, "response"), upgraded.promise])) as [IncomingMessage];
  // After its head, what goes wrong is a fault of the body.
  request.on("error", () => {});
  return response;
}

function send(url: URL, options: RequestOptions): ClientRequest {
  const proxyEnv = isLoopback(url.hostname) ? {} : { proxyEnv: process.env };
  if (url.protocol === "https:") return getSecure(url, { ...options, agent: new HttpsAgent(proxyEnv) });
  if (url.protocol === "http:") return get(url, { ...options, agent: new HttpAgent(proxyEnv) });
  throw new Error(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`);
}

async function bodyOf(response: IncomingMessage, limit: number): Promise<Omit<Answer, "status">> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let fault: string | undefined;
  try {
    for await (const chunk of response) {
      size += chunk.length;
      if (size > limit) throw new Error(`more than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    fault = (error as Error).message;
  }
  const body = Buffer.concat(chunks);
  if (fault !== undefined || body.length === 0 || response.headers["content-encoding"]?.toLowerCase() !== "gzip") {
    return { body, ...(fault !== undefined && { fault }) };
  }
  const { bytes, error } = gunzip(body, limit);
  return { body: bytes, ...(error !== undefined && { fault: error }) };
}
