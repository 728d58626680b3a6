import { damaged, type Random } from "@wasm-header-filter/cli/random";

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|\s+|[^\s"{}[\],:]+/g;
/** What may stand in the place of a token, and is a mistake at most of them. */
const TOKENS = [
  ...[
    "null",
    "true",
    "0",
    "-1",
    "-0",
    "1e2",
    "1.0",
    "1e999",
    "9223372036854775808",
    "-9223372036854775809",
    "01",
    "+1",
  ],
  ...[
    "1.",
    ".5",
    "NaN",
    '""',
    '"x"',
    '"\\u017f"',
    '"\\ud800"',
    '"\\u0000"',
    '"\\x"',
    '"\u0001"',
    '"\u007f\u2028"',
    '"',
  ],
  ...[
    "{}",
    "[]",
    "[null]",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "{}{}",
    "/**/",
    "\ufeff",
    "\u00a0",
    "\u000b",
    "nul",
    "\u0000",
  ],
  ...['"mediaType"', '"digest"', '"size"', '"data"', '"auths"', '"auth"', '"username"', '"layers"', '"config"'],
];

/** JSON in which tokens are replaced, repeated, exchanged, removed or written in another case; sometimes bytes are damaged too. */
export function randomJson(random: Random, json: string): string {
  const tokens: string[] = json.match(TOKEN) ?? [];
  for (let times = random.below(4); times > 0 && tokens.length > 0; times--) {
    const [at, other] = [random.below(tokens.length), random.below(tokens.length)];
    const [token = "", another = ""] = [tokens[at], tokens[other]];
    const kind = random.below(7);
    if (kind === 0) tokens[at] = random.pick(TOKENS);
    else if (kind === 1) tokens.splice(at, 0, random.pick(TOKENS));
    else if (kind === 2) tokens.splice(at, 1 + random.below(4));
    else if (kind === 3) tokens[at] = recased(random, token);
    else if (kind === 4) [tokens[at], tokens[other]] = [another, token];
    else if (kind === 5) tokens.splice(at, 0, ...tokens.slice(other, other + 1 + random.below(6)));
    else tokens[at] = random.pick(TOKENS.filter((one) => one.startsWith('"')));
  }
  const text = tokens.join("");
  return random.oneIn(6) ? damaged(random, Buffer.from(text)).toString("utf8") : text;
}

function recased(random: Random, token: string): string {
  const kind = random.below(4);
  if (kind === 0) return token.toUpperCase();
  if (kind === 1) return token.replace("s", "\u017f").replace("k", "\u212a");
  if (kind === 2) return token.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
  return token.replace(/^"./, (start) => start.toUpperCase());
}
