import { fileURLToPath } from "node:url";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { parseDocument } from "yaml";

const FILE = fileURLToPath(new URL("../../differential-known.yaml", import.meta.url));

/**
 * Reads the known differences between filter-host and Envoy.
 *
 * @param titles of all that is compared, as `topic / name`; left out, names are not checked
 * @returns reason by title
 * @throws Failure, one line, for a file that isn't a list of texts by reason, or names an unknown case
 */
export function loadKnown(titles?: readonly string[], file: string = FILE): Map<string, string> {
  const parsed: unknown = parseDocument(readInput(file, "known differences").toString()).toJS() ?? [];
  if (!Array.isArray(parsed)) throw new Failure(`known differences ${file}: expected a list`);
  return new Map(
    parsed.flatMap(({ reason, cases }: { reason?: unknown; cases?: unknown }, at) => {
      if (typeof reason !== "string" || !Array.isArray(cases)) {
        throw new Failure(`known differences ${file}: [${at}]: expected a reason and a list of cases`);
      }
      const stranger = cases.find((name) => titles && !titles.includes(name));
      if (stranger) throw new Failure(`known differences ${file}: [${at}].cases: there is no case ${stranger}`);
      return cases.map((name) => [name as string, reason] as const);
    }),
  );
}

/** The known differences as a Markdown table, as the documentation has it: one row for each reason. */
export function table(known: ReadonlyMap<string, string>): string {
  const cases = Map.groupBy(known, ([, reason]) => reason);
  const rows = [...cases].map(([reason, list]) => `| ${list.map(([name]) => name).join("<br>")} | ${reason} |`);
  return ["| case | what differs |", "|---|---|", ...rows].join("\n");
}
