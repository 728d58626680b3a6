import type { ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse } from "node:http";
import type { HeaderMap, Pair } from "proxy-wasm-host";

/** Headers that end at each proxy; what has to be said of them is said anew. */
export const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

export const isHopByHop = (name: string): boolean => HOP_BY_HOP.has(name);

/** Node's flat list of names and values as pairs. */
export function rawPairs(raw: readonly string[]): Pair[] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] as string, raw[2 * at + 1] as string] as const);
}

/** Node refuses to send these, Envoy does not check them: a line break in a value would forge headers. */
const UNSENDABLE_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]|^$/;
const UNSENDABLE_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether HTTP allows it as a header's name. */
export const isName = (name: string): boolean => !UNSENDABLE_NAME.test(name);

/**
 * The lines to send, without pseudo-headers and those that end at each proxy.
 *
 * @param dropped is told of each name that HTTP does not allow to be sent
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

/** The upgrade that is passed on, as Istio configures Envoy; others are refused. */
export const isWebSocket = (upgrade: string | undefined): boolean => upgrade?.toLowerCase() === "websocket";

/** What both ends of a connection say to each other when it changes its protocol. */
export function upgradeLines(upgrade = "websocket"): [name: string, value: string][] {
  return [
    ["connection", "upgrade"],
    ["upgrade", upgrade],
  ];
}

/** Node refuses `trailer` ahead of a body that is not chunked, which HTTP allows, and sends a head at once that has `expect`. */
const UNSEEN: ReadonlySet<string> = new Set(["trailer", "expect"]);

/**
 * Has Node write a message's head, but for lines that it must not see: these are put behind what it has written.
 *
 * @param write has it write the head of the lines it is given, and nothing that sends it
 */
export function writeHead<Message extends OutgoingMessage>(
  lines: readonly (readonly [name: string, value: string])[],
  write: (lines: string[]) => Message,
): Message {
  const has = (wanted: string) => lines.some(([name]) => name === wanted);
  if (!has("trailer") || has("transfer-encoding")) return write(lines.flat());
  const message = write(lines.filter(([name]) => !UNSEEN.has(name)).flat());
  const added = lines.flatMap(([name, value]) => (UNSEEN.has(name) ? `${name}: ${value}\r\n` : []));
  const written = message as { _header?: string };
  written._header = `${written._header?.slice(0, -2)}${added.join("")}\r\n`;
  return message;
}

/** Sends a message's head at once. Node's own flushHeaders would write it as UTF-8; header values are bytes. */
export function flushHead(message: ServerResponse | ClientRequest): void {
  message.write(NOTHING);
}

const NOTHING = Buffer.alloc(0);

/** Whether a request has a body, or may have one: what Node's parser goes by. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
