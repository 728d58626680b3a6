import { UsageError } from "@wasm-header-filter/cli";
import type { Case } from "./case.ts";

/**
 * Picks cases by name.
 *
 * @param wanted names of cases or topics, or `TOPIC/NAME`; all cases by default
 * @throws UsageError for an unknown name
 */
export function chosen(cases: readonly Case[], wanted: readonly string[] | undefined): readonly Case[] {
  if (!wanted) return cases;
  const matches = ({ topic, name }: Case, text: string) =>
    [name, topic, `${topic}/${name}`, `${topic} / ${name}`].includes(text);
  const stranger = wanted.find((text) => !cases.some((of) => matches(of, text)));
  if (stranger !== undefined) {
    const topics = [...new Set(cases.map(({ topic }) => topic))];
    throw new UsageError(
      `--case ${stranger}: no such case, expected a case's name or one of the topics ${topics.join(", ")}`,
    );
  }
  return cases.filter((of) => wanted.some((text) => matches(of, text)));
}
