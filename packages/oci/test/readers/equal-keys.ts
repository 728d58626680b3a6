import { folded } from "../../src/reading/json.ts";

/** Whether an object in a text has a key twice, in the same case or in another; the text may be broken JSON. */
export function hasEqualKeys(json: string): boolean {
  const open: Set<string>[] = [];
  for (const [, mark, text, colon] of json.matchAll(/([{}[\]])|("(?:[^"\\]|\\.)*")\s*(:?)/g)) {
    if (mark === "{" || mark === "[") open.push(new Set());
    else if (mark) open.pop();
    else if (colon) {
      const keys = open.at(-1) ?? new Set();
      const key = folded(unescaped(text ?? ""));
      if (keys.has(key)) return true;
      keys.add(key);
    }
  }
  return false;
}

function unescaped(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
