import { randomUUID } from "node:crypto";
import { request } from "node:http";
import type { ReplayRequest } from "../archive/recording.ts";
import { MASK } from "../record/known-secrets.ts";
import type { RecordedRuntime } from "./recording-of.ts";

/** Headers that the client sets itself. */
const OWN = new Set(["content-length", "transfer-encoding", "connection", "x-request-id", "x-forwarded-proto"]);

/** The timeout of a replayed request, in milliseconds. */
const TIMEOUT = 20_000;

/**
 * Parses the body of a replay request.
 *
 * @throws TypeError naming the field that is wrong, and what was expected
 */
export function parseReplay(text: string): ReplayRequest {
  const wrong = (what: string) => new TypeError(`replay: ${what}`);
  let value: Partial<ReplayRequest>;
  try {
    value = JSON.parse(text) as Partial<ReplayRequest>;
  } catch {
    throw wrong("expected JSON");
  }
  const { method, path, headers, body, of } = value ?? {};
  if (typeof method !== "string" || !/^[A-Z]+$/.test(method) || method === "CONNECT") {
    throw wrong("expected a method in capital letters, not CONNECT");
  }
  if (typeof path !== "string" || !/^\/[!-~]*$/.test(path)) throw wrong("expected a path that begins with /");
  const isHeader = (one: unknown) =>
    Array.isArray(one) && one.length === 2 && one.every((it) => typeof it === "string");
  if (!Array.isArray(headers) || !headers.every(isHeader)) throw wrong("expected headers as pairs of texts");
  if (body !== undefined && typeof body !== "string") throw wrong("expected the body as text");
  if (of !== undefined && typeof of !== "number") throw wrong("expected the id of a request");
  return { method, path, headers, ...(body && { body }), ...(of !== undefined && { of }) };
}

/**
 * Sends a request through the proxy. Headers and parameters whose values are masked are not sent, because their values are not kept.
 *
 * @param proxy the URL that the proxy listens on
 * @param asked the request
 * @returns the id of its record
 * @throws Error if the proxy does not respond, or refuses the request before a filter sees it
 */
export async function replay({ archive, gather }: RecordedRuntime, proxy: URL, asked: ReplayRequest): Promise<number> {
  const mark = randomUUID();
  await send(proxy, asked, mark);
  await gather();
  const record = archive.requests
    .all()
    .findLast(({ request: { before } }) => before?.some(([name, value]) => name === "x-request-id" && value === mark));
  if (!record) throw new Error("the proxy refused the request before a filter saw it");
  record.replayOf = asked.of;
  archive.onChange?.(record);
  return record.id;
}

/** A path without the parameters that are masked. */
function withoutMasked(path: string): string {
  const at = path.indexOf("?");
  if (at < 0) return path;
  const kept = path
    .slice(at + 1)
    .split("&")
    .filter((one) => !one.endsWith(`=${MASK}`));
  return path.slice(0, at) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}

function send(proxy: URL, { method, path, headers, body }: ReplayRequest, mark: string): Promise<void> {
  const wanted = headers.filter(
    ([name, value]) => !name.startsWith(":") && !OWN.has(name.toLowerCase()) && value !== MASK,
  );
  const authority = headers.find(([name]) => name === ":authority")?.[1] ?? proxy.host;
  // A proxy that listens on all addresses is reached by loopback.
  const hostname = proxy.hostname === "0.0.0.0" ? "127.0.0.1" : proxy.hostname === "[::]" ? "::1" : proxy.hostname;
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port,
      method,
      path: withoutMasked(path),
      agent: false,
      setHost: false,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    sent.on("error", reject);
    sent.on("upgrade", (_, socket) => socket.destroy());
    // Without an agent, the socket closes when the request has also ended on the proxy's side.
    sent.on("response", (response) => response.on("error", reject).on("close", resolve).resume());
    try {
      sent.setHeader("host", authority);
      for (const [name, value] of wanted) if (name.toLowerCase() !== "host") sent.appendHeader(name, value);
      sent.setHeader("x-request-id", mark);
      if (body !== undefined) sent.setHeader("content-length", Buffer.byteLength(body));
      sent.end(body);
    } catch (error) {
      sent.destroy();
      reject(error);
    }
  });
}
