import { BlockList, isIP } from "node:net";

const PRIVATE = new BlockList();
for (const [net, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
] as const) {
  PRIVATE.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ["fc00::", 7],
  ["::1", 128],
  ["fe80::", 10],
] as const) {
  PRIVATE.addSubnet(net, bits, "ipv6");
}

/**
 * Why Istio's agent refuses a registry for the realms of its 401: each one, of whatever scheme, must be an http or https URL whose host is
 * not on this machine, in a private network or a cloud's metadata service (istio pkg/wasm/imagefetcher.go, validateAllRealms).
 *
 * @param header the `WWW-Authenticate` header, of one or several lines
 * @returns nothing if it takes them
 */
export function refusedRealm(header: string): string | undefined {
  for (const [, realm = ""] of header.matchAll(/realm="([^"]*)"/g)) {
    const reason = refusalOf(realm);
    if (reason) return reason;
  }
  return undefined;
}

function refusalOf(realm: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(realm)?.[1]?.toLowerCase() ?? "";
  if (scheme !== "http" && scheme !== "https") return `realm scheme "${scheme}" not allowed`;
  const [, ipv6, name = ""] = /^[^:]*:\/\/(?:[^/?#]*@)?(?:\[([^\]]*)\]|([^:/?#]*))/.exec(realm) ?? [];
  const host = ipv6 ?? name;
  if (host === "") return "realm missing host";
  if (host === "metadata.google.internal") return "realm targets cloud metadata service";
  if (host === "localhost") return "realm targets localhost";
  const version = isIP(host);
  if (version === 0 || !PRIVATE.check(host, version === 6 ? "ipv6" : "ipv4")) return undefined;
  return "realm targets private/loopback/link-local IP";
}
