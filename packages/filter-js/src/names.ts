const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

const MANAGED = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "content-length",
  "host",
]);

/** Lower case as header names have it: ASCII letters only. */
export function lowerCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Finds the fault of a header's name.
 *
 * @param name as written
 * @returns the reason it is refused with, or undefined
 */
export function nameFault(name: string): string | undefined {
  if (name.startsWith(":") || MANAGED.has(lowerCase(name))) return "managed by the proxy";
  if (!TOKEN.test(name)) return "not a valid header name";
  return undefined;
}
