import { isDeepStrictEqual } from "node:util";
import type { Observed } from "./exchange.ts";

/** How much of a text is shown around the first difference. */
const [BEFORE, AFTER] = [160, 200];

/** How what was observed on filter-host differs from what was observed on Envoy; empty if it does not. */
export function differences(host: Observed, envoy: Observed): string[] {
  return (["client", "upstream", "filter"] as const)
    .filter((what) => !isDeepStrictEqual(host[what], envoy[what]))
    .map((what) => `${what}:\n${between([host[what]].flat(), [envoy[what]].flat())}`);
}

/** Two lists of texts around their first difference. */
function between(host: readonly string[], envoy: readonly string[]): string {
  const [one, other] = [host, envoy].map((list) => list.map((text) => JSON.stringify(text)).join("\n    ")) as [
    string,
    string,
  ];
  const first = [...one].findIndex((character, at) => character !== other[at]);
  const from = Math.max(0, (first < 0 ? one.length : first) - BEFORE);
  const part = (text: string) =>
    `${from > 0 ? "…" : ""}${text.slice(from, from + BEFORE + AFTER)}${text.length > from + BEFORE + AFTER ? "…" : ""}`;
  return `  filter-host: ${part(one) || "nothing"}\n  Envoy:       ${part(other) || "nothing"}`;
}
