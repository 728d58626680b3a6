/** An authentication scheme that a server accepts (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** By lower-case name. */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const SCHEME_START = new RegExp(`[\\s,]*(${TOKEN})(?:\\s+|(?=,|$))`, "y");
const PARAMETER = new RegExp(`[\\s,]*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, "y");
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*\s*(?=,|$)/y;

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
  for (let start = take(SCHEME_START); start; start = take(SCHEME_START)) {
    const parameters: [string, string][] = [];
    for (let next = take(PARAMETER); next; next = take(PARAMETER)) {
      const [, name = "", quoted, plain = ""] = next;
      parameters.push([name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain]);
    }
    if (parameters.length === 0) take(TOKEN68);
    challenges.push({ scheme: (start[1] ?? "").toLowerCase(), parameters: Object.fromEntries(parameters) });
  }
  return challenges;
}
