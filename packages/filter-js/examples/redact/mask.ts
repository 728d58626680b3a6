/** JSON that nests deeper is not looked at: the engine's stack has an end. */
const LEVELS = 100;

/** A string, a bracket, a comma, a colon, or anything else up to the next of these; white space before it is skipped. */
const TOKEN = /[\t\n\r ]*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\t\n\r ",:[\]{}]+)/gy;

/**
 * Replaces the values of certain fields of a JSON text, at any depth, and leaves every other byte as it is: numbers that JavaScript would
 * round, the order of fields, white space.
 *
 * @param json a JSON text
 * @param fields the names of the fields
 * @param mask the JSON text that takes the place of each value
 * @returns undefined if it is no JSON, or nests deeper than 100 levels
 */
export function masked(json: string, fields: ReadonlySet<string>, mask: string): string | undefined {
  if (!isJson(json)) return undefined;
  /** For each open bracket whether it is an object. */
  const open: boolean[] = [];
  const parts: string[] = [];
  let [kept, key, from, depth] = [0, "", -1, 0];
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(json); token; token = TOKEN.exec(json)) {
    const text = token[1] ?? "";
    const end = TOKEN.lastIndex;
    const start = end - text.length;
    const isName = open.at(-1) === true && from < 0 && json.charAt(skipSpace(json, end)) === ":";
    if (text === "{" || text === "[") open.push(text === "{");
    else if (text === "}" || text === "]") open.pop();
    if (isName) key = JSON.parse(text);
    else if (text === ":" && from < 0 && fields.has(key)) [from, depth] = [skipSpace(json, end), open.length];
    else if (from >= 0 && text !== ":" && open.length === depth && end > from && start >= from) {
      parts.push(json.slice(kept, from), mask);
      [kept, from] = [end, -1];
    }
  }
  return parts.length === 0 ? json : parts.join("") + json.slice(kept);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (" \t\n\r".includes(text.charAt(at)) && at < text.length) at++;
  return at;
}

function isJson(text: string): boolean {
  if (nestsTooDeep(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function nestsTooDeep(text: string): boolean {
  let level = 0;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    if (token[1] === "{" || token[1] === "[") level++;
    else if (token[1] === "}" || token[1] === "]") level--;
    if (level > LEVELS) return true;
  }
  return false;
}
