import type { IncomingMessage } from "node:http";

/** Names that a browser may use: any other could be an attacker's name that points here (DNS rebinding). */
const LOCAL_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The hosts by which an admin server may be asked. */
export interface AdminNames {
  /** The name or address that it listens on. */
  readonly bound: string;
  /** Names that scrapers may use for the statistics, in any case. */
  readonly scrapers: readonly string[];
}

/**
 * Why a request to the admin server is forbidden: its name is not this host's, or another site's page sends it.
 *
 * @param statistics whether it asks for statistics, which scrapers may do by other names
 * @param listening the address that the server listens on; if it is not a loopback address, scrapers may use any name
 * @returns one line, or undefined if the request is allowed
 */
export function forbiddenReason(
  req: IncomingMessage,
  { bound, scrapers }: AdminNames,
  statistics: boolean,
  listening: string,
): string | undefined {
  const { host = "", origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = req.headers;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  // DNS rebinding needs a name: an address is safe.
  const address = req.socket.localAddress?.replace(/^::ffff:/, "");
  const own = LOCAL_NAMES.has(name) || [bound.toLowerCase(), address, `[${address}]`].includes(name);
  const scraped = statistics && (!isLoopback(listening) || scrapers.some((one) => one.toLowerCase() === name));
  if (!own && !scraped) {
    const allow = statistics ? ", or allow the name with --admin-host" : "";
    return `not a name of this host: ${JSON.stringify(name)}; use localhost or its address${allow}`;
  }
  const foreign = site !== undefined && site !== "same-origin" && site !== "none";
  // A link from another site only shows the page to its user.
  const link = mode === "navigate" && (req.method === "GET" || req.method === "HEAD");
  if ((foreign && !link) || (origin !== undefined && origin !== `http://${host}`)) {
    return "sent by a page of another site; open this address directly";
  }
  return undefined;
}

const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);
