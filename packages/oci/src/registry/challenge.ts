/** How a server wants to be asked (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** By lower-case name. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const schemeStart = new RegExp(`[\\s,]*(${token})(?:\\s+|(?=,|$))`, "y");
const parameter = new RegExp(`[\\s,]*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, "y");
const token68 = /[A-Za-z0-9._~+/-]+=*\s*(?=,|$)/y;

/**
 * Reads a `WWW-Authenticate` header: several challenges, each a scheme with parameters, all of them separated by commas.
 *
 * @returns those before the first that can't be read
 */
export function parseChallenges(header: string): Challenge[] {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const challenges: Challenge[] = [];
  for (let start = take(schemeStart); start; start = take(schemeStart)) {
    const parameters: [string, string][] = [];
    for (let next = take(parameter); next; next = take(parameter)) {
      const [, name = "", quoted, plain = ""] = next;
      parameters.push([name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain]);
    }
    if (parameters.length === 0) take(token68);
    challenges.push({ scheme: (start[1] ?? "").toLowerCase(), parameters: Object.fromEntries(parameters) });
  }
  return challenges;
}
