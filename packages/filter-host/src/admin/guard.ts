import type { IncomingMessage } from "node:http";

/** Names under which a browser may ask: others could be an attacker's name that points here (DNS rebinding). */
const LOCAL_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Why a request to the admin server is forbidden: for a name that is not this host's, or because another site's page sends it.
 *
 * @param req the request
 * @param bound the name or address that the server listens on
 * @returns one line, or undefined if the request may pass
 */
export function forbiddenReason(req: IncomingMessage, bound: string): string | undefined {
  const { host = "", origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = req.headers;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  // An address can't be rebound; a name that is not known here can.
  const address = req.socket.localAddress?.replace(/^::ffff:/, "");
  if (!LOCAL_NAMES.has(name) && ![bound.toLowerCase(), address, `[${address}]`].includes(name)) {
    return `not a name of this host: ${JSON.stringify(name)}; ask by localhost or its address`;
  }
  const foreign = site !== undefined && site !== "same-origin" && site !== "none";
  // Following a link to the page from elsewhere shows it to its user and to nobody else.
  const link = mode === "navigate" && (req.method === "GET" || req.method === "HEAD");
  if ((foreign && !link) || (origin !== undefined && origin !== `http://${host}`)) {
    return "sent by a page of another site; open this address itself";
  }
  return undefined;
}
