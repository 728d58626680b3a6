import { palette } from "@wasm-header-filter/cli";
import { bytes as size } from "@wasm-header-filter/oci";
import type { Finding, Severity } from "proxy-wasm-host";
import type { Examined, ImageFacts, ModuleFacts } from "./examination.ts";
import { type RequestCost, USES, type Use } from "./trial/report.ts";

/** The width of the first column. */
const NAME = 14;

/** The maximum number of names in a line. */
const SHOWN = 10;

const INDENT = "  ";

const { bold, dim, green, red, yellow, cyan } = palette(process.stdout);
const COLOURS: Readonly<Record<Severity, (text: string) => string>> = { error: red, warning: yellow, info: cyan };

const row = (name: string, text: string): string => `${INDENT}${name.padEnd(NAME)} ${text}`;

/** @returns one line with the name of what was examined, and whether it works */
export function verdict(source: string, envoy: string, { outcome, pulled, findings }: Examined): string {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  const counts = [
    count("error") > 0 && plural(count("error"), "error"),
    count("warning") > 0 && plural(count("warning"), "warning"),
    count("info") > 0 && `${count("info")} info`,
  ].filter(Boolean);
  const fits = outcome === "fit" || outcome === "not fit";
  const text = fits ? `${outcome} for ${pulled ? "Istio and " : ""}Envoy ${envoy}` : outcome;
  const colour = { fit: green, "not fit": red }[outcome as string] ?? yellow;
  return `${bold(source)}: ${colour(text)}${counts.length > 0 ? ` (${counts.join(", ")})` : ""}`;
}

/** @returns the facts and findings as lines */
export function shown({ image, module, findings }: Examined): string[] {
  return [...(image ? imageRows(image) : []), ...(module ? moduleRows(module) : []), ...findings.flatMap(findingRows)];
}

function imageRows({ name, format, digest, size: total }: ImageFacts): string[] {
  const parts = [format, digest, total > 0 && size(total)].filter(Boolean);
  return [row("image", parts.length > 0 ? parts.join(", ") : name)];
}

function moduleRows({ abi, sizes, imports, callbacks, memoryPages, startCost, requests, uses }: ModuleFacts): string[] {
  const facts = [
    size(sizes.raw),
    sizes.gzip !== undefined && `gzip ${size(sizes.gzip)}`,
    memoryPages && `${plural(memoryPages, "page")} of memory`,
    abi && `ABI ${abi}`,
  ].filter(Boolean);
  return [
    row("module", facts.join(", ")),
    row("imports", `${imports.length}: ${short(imports)}`),
    row("callbacks", `${callbacks.length}: ${short(callbacks)}`),
    ...(!startCost ? [] : [row("start", `about ${duration(startCost)} of CPU time in Envoy`)]),
    ...USES.flatMap((kind) => useRows(kind, uses)),
    ...requests.map((request) => row(request.name, cost(request))),
  ];
}

const duration = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

const LABELS: Readonly<Record<Use["kind"], string>> = {
  cluster: "clusters",
  queue: "queues",
  property: "properties",
  "foreign function": "foreign calls",
  metric: "metrics",
};

/** The names of one kind of thing that the module uses; those that the trial lacks are marked. */
function useRows(kind: Use["kind"], uses: readonly Use[]): string[] {
  const missing = new Map(uses.filter((use) => use.kind === kind).map((use) => [use.name, use.missing]));
  if (missing.size === 0) return [];
  const names = [...missing].map(([name, absent]) => `${printable(name)}${absent ? " (not in the trial)" : ""}`);
  const rest = names.length > SHOWN ? [`and ${names.length - SHOWN} more`] : [];
  return [row(LABELS[kind], `${names.length}: ${[...names.slice(0, SHOWN), ...rest].join(", ")}`)];
}

/** A name on one line. */
const printable = (name: string): string => (/^[\x21-\x7e]+$/.test(name) ? name : JSON.stringify(name));

/** A finding as three lines: what was found, why it matters, and the fix. */
function findingRows({ severity, rule, what, why, fix }: Finding): string[] {
  const colour = COLOURS[severity];
  return [
    `${INDENT}${colour(severity.padEnd(NAME))} ${what} ${dim(`[${rule}]`)}`,
    row("", dim(`why  ${why}`)),
    row("", `fix  ${fix}`),
  ];
}

const cost = ({ entries, calls, leftOut = { entries: 0, calls: 0 } }: RequestCost): string =>
  `${plural(calls.length + leftOut.calls, "host call")} (${short(calls)}), ${plural(entries.length + leftOut.entries, "VM entry", "VM entries")}`;

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Names without their common prefixes, each with the number of its occurrences. */
function short(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const key = name.replace(/^(env\.)?proxy_(on_)?|^wasi_\w+\./, "");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const all = [...counts].map(([name, count]) => (count > 1 ? `${count}x ${name}` : name));
  const rest = all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [];
  return [...all.slice(0, SHOWN), ...rest].join(", ") || "none";
}
