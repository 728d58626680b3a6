/** What the contract says about a configuration, told with JavaScript's own means rather than the filter's. */
export type Verdict = { lines: [name: string, value: string][] } | { refused: string };

const MANAGED = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "content-length",
  "host",
];

/** @param bytes a configuration as the proxy delivers it */
export function judge(bytes: Uint8Array): Verdict {
  if (bytes.length === 0) return { lines: [] };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { refused: "not valid UTF-8" };
  }
  if (depth(text) > 32) return { refused: "nested deeper than 32 levels" };
  let json: unknown;
  try {
    json = JSON.parse(hideBackslashes(text));
  } catch {
    return { refused: "not valid JSON" };
  }
  const kind = json === null ? "null" : Array.isArray(json) ? "array" : typeof json;
  if (kind !== "object") return { refused: `expected a JSON object, got ${kind}` };
  const lines: [string, string][] = [];
  const entries = Object.entries(json as object).map(([name, value]) => [showBackslashes(name), value] as const);
  for (const [name, value] of entries.sort(([a], [b]) => wireOrder(a, b))) {
    const refuse = (reason: string) => ({ refused: `header ${JSON.stringify(name)}: ${reason}` });
    const wireName = lower(name);
    if (name.startsWith(":") || MANAGED.includes(wireName)) return refuse("managed by the proxy");
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return refuse("not a valid header name");
    for (const element of Array.isArray(value) ? value : [value]) {
      const fault = elementFault(element);
      if (fault) return refuse(fault);
      lines.push([wireName, showBackslashes(String(element === 0 ? 0 : element))]);
    }
  }
  return { lines };
}

// Node 24's JSON.parse returns the key "\\" for "\\b" once it has seen an object with the key "\\": it is shown none.
const hideBackslashes = (text: string) =>
  text.replace(/\\(\\|u005c)|\\[\s\S]/gi, (written, hidden) => (hidden ? "\\ue5a7" : written));
const showBackslashes = (text: string) => text.replaceAll("\ue5a7", "\\");

function elementFault(element: unknown): string | undefined {
  if (typeof element === "boolean") return undefined;
  if (typeof element === "number")
    return Number.isSafeInteger(element) ? undefined : "number is not a safe integer, quote it";
  if (typeof element !== "string") return "value must be a string, an integer, a boolean or a list of these";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(element)) return "value has a line break or control character";
  if (/^[ \t]|[ \t]$/.test(element)) return "value begins or ends with whitespace";
  return element.isWellFormed() ? undefined : "value is not well-formed Unicode";
}

function depth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:\\[\s\S]|[^"\\])*"?|[[\]{}]/g)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth = Math.max(0, depth - 1);
  }
  return deepest;
}

const lower = (name: string) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const wireOrder = (a: string, b: string) => byCodePoints(lower(a), lower(b)) || byCodePoints(a, b);

/** The order of UTF-8 bytes is that of code points, lone surrogates among them. */
function byCodePoints(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  const common = Math.min(x.length, y.length);
  for (let i = 0; i < common; i++) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}
