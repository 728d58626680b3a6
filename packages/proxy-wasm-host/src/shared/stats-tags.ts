/** A label's name by which part of a metric's name it is, as in Envoy's `stats_tags`. */
export interface StatsTag {
  readonly name: string;
  /** Its first group is taken out of the name; the label's value is the second group, if there is one, or the first. */
  readonly pattern: RegExp;
}

/** Envoy's own patterns that fit names of any origin (envoyproxy/envoy, source/common/config/well_known_names.cc). */
const OWN: readonly StatsTag[] = [
  { name: "envoy.response_code", pattern: /_rq(_(\d{3}))$/ },
  { name: "envoy.response_code_class", pattern: /_rq_((\d))xx$/ },
];

/** The namespace of metrics that modules define. */
const NAMESPACE = "wasmcustom.";

/**
 * Takes labels out of a metric's name (envoyproxy/envoy, source/common/stats/tag_extractor_impl.cc). Patterns see the name with Envoy's
 * namespace, `wasmcustom.`.
 *
 * @returns the rest of the name, and the labels in the order of the tags
 */
export function extractTags(
  name: string,
  tags: readonly StatsTag[],
): { readonly name: string; readonly labels: readonly (readonly [name: string, value: string])[] } {
  const whole = NAMESPACE + name;
  const labels: [string, string][] = [];
  const kept = [...whole];
  for (const { name: label, pattern } of [...OWN, ...tags]) {
    if (labels.some(([known]) => known === label)) continue;
    const match = new RegExp(pattern.source, `${pattern.flags.replace(/[dgy]/g, "")}d`).exec(whole);
    const [start, end] = match?.indices?.[1] ?? [];
    if (!match || start === undefined || end === undefined) continue;
    labels.push([label, match[2] ?? match[1] ?? ""]);
    kept.fill("", start, end);
  }
  return { name: kept.join("").replace(/^wasmcustom\./, ""), labels };
}
