import type { ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse } from "node:http";
import type { HeaderMap, Pair } from "proxy-wasm-host";

/** Hop-by-hop headers: each proxy removes them and sets its own. */
export const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

export const isHopByHop = (name: string): boolean => HOP_BY_HOP.has(name);

/** Node's flat list of names and values as pairs. */
export function rawPairs(raw: readonly string[]): Pair[] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] as string, raw[2 * at + 1] as string] as const);
}

/** Node rejects these, Envoy does not check them: a line break in a value could inject headers. */
const UNSENDABLE_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]|^$/;
const UNSENDABLE_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether it is a valid header name. */
export const isName = (name: string): boolean => !UNSENDABLE_NAME.test(name);

/**
 * The headers to send, without pseudo-headers and hop-by-hop headers.
 *
 * @param dropped called with the name of each header that HTTP does not allow
 */
export function sendable(headers: HeaderMap, dropped: (name: string) => void): [name: string, value: string][] {
  const lines: [string, string][] = [];
  for (const [name, value] of headers.pairs()) {
    if (name.startsWith(":") || isHopByHop(name)) continue;
    if (!isName(name) || UNSENDABLE_VALUE.test(value)) dropped(name);
    else lines.push([name, value]);
  }
  return lines;
}

/** Whether an upgrade is allowed: only to WebSocket, as Istio configures Envoy. */
export const isWebSocket = (upgrade: string | undefined): boolean => upgrade?.toLowerCase() === "websocket";

/** The headers of an upgrade request, and of its response. */
export function upgradeLines(upgrade = "websocket"): [name: string, value: string][] {
  return [
    ["connection", "upgrade"],
    ["upgrade", upgrade],
  ];
}

/** Node rejects `trailer` without a chunked body, which HTTP allows, and sends a head with `expect` at once. */
const HIDDEN: ReadonlySet<string> = new Set(["trailer", "expect"]);

/**
 * Writes a message's head with Node, and appends the headers that Node would mishandle.
 *
 * @param write writes the head with the given headers, without sending it
 */
export function writeHead<Message extends OutgoingMessage>(
  lines: readonly (readonly [name: string, value: string])[],
  write: (lines: string[]) => Message,
): Message {
  const has = (wanted: string) => lines.some(([name]) => name === wanted);
  if (!has("trailer") || has("transfer-encoding")) return write(lines.flat());
  const message = write(lines.filter(([name]) => !HIDDEN.has(name)).flat());
  const added = lines.flatMap(([name, value]) => (HIDDEN.has(name) ? `${name}: ${value}\r\n` : []));
  const written = message as { _header?: string };
  written._header = `${written._header?.slice(0, -2)}${added.join("")}\r\n`;
  return message;
}

/** Sends a message's head at once. Node's flushHeaders would write it as UTF-8, but header values are bytes. */
export function flushHead(message: ServerResponse | ClientRequest): void {
  message.write(NOTHING);
}

const NOTHING = Buffer.alloc(0);

/** Whether a request has a body, by the rules of Node's parser. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
