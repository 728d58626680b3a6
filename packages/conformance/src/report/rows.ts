import { PROXIES, type ProxyName } from "../cases/case.ts";
import { STEPPED } from "../figures/envoy-instructions.ts";
import { ROUND, ROUNDS } from "../figures/on-envoy.ts";
import type { PeerCosts } from "../figures/peers.ts";
import type { Counts, Findings, VariantFindings } from "./findings.ts";
import { bytes, grouped, seconds, thousands, times } from "./units.ts";

/** What is shown of one variant in one column. */
export interface Cell {
  readonly text: string;
  /** The length of its bar; less is better. */
  readonly size?: number | undefined;
  /** Whether it passed, for figures that can fail. */
  readonly good?: boolean;
}

/** One small table: a row for each variant, a column for each of a figure's readings. */
export interface Figure {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly Cell[] }[];
}

export interface Section {
  readonly title: string;
  /** How its figures were measured. */
  readonly note: string;
  readonly figures: readonly Figure[];
}

/** The name of the run without a filter, among the variants. */
export const PLAIN = "no filter";

const PROXY_NAMES: Record<ProxyName, string> = { host: "filter-host", envoy: "Envoy" };
const NONE = "–";

/** Something that has figures: a variant, or no filter. */
type Subject = Partial<VariantFindings> & { readonly variant: string };
type Write = (value: number) => string;

/** The content of the report's files. */
export function sections(findings: Findings): Section[] {
  return [
    {
      title: "Conformance",
      note: "The contract’s cases on each proxy, each compared with a run without the filter.",
      figures: [conformance(findings)],
    },
    {
      title: "Module and memory",
      note: "Linear memory: on filter-host, once configured, and after 100 000 requests more.",
      figures: moduleFigures(findings),
    },
    {
      title: "A request, counted",
      note: "Exact, and the same on every machine; with two configured headers. Callbacks are the exports that the proxy calls, the module’s allocator among them. Instructions are the WebAssembly instructions executed inside the module, all but block, loop, else and end: the median of 1 000 requests.",
      figures: requestFigures(findings),
    },
    { title: "On Envoy, measured", note: envoyNote(findings), figures: envoyFigures(findings) },
    ...(findings.peers ? [peerSection(findings.peers)] : []),
  ];
}

/** The filter that asks a service, with several SDKs: as recorded, not measured anew. */
function peerSection({ envoy, filters }: PeerCosts): Section {
  const kinds = ["no call-out", "one call-out"] as const;
  const cell = (count: number | undefined): Cell =>
    count === undefined ? { text: NONE } : { text: thousands(count), size: count };
  return {
    title: "The same filter with other SDKs",
    note: `The example ext-authz, which asks a service about a request: CPU instructions that it adds to a request in Envoy ${envoy}, Envoy’s own for the call-out among them. As recorded: npm run report -- --peers counts them anew. Written with: ${Object.entries(
      filters,
    )
      .map(([name, { written }]) => `${name}: ${written}`)
      .join("; ")
      .replaceAll("`", "")}.`,
    figures: [
      {
        title: "CPU instructions, ext-authz",
        columns: kinds,
        rows: Object.entries(filters).map(([name, { instructions }]) => ({
          name: name.replaceAll("`", ""),
          cells: kinds.map((kind) => cell(instructions[kind])),
        })),
      },
    ],
  };
}

function conformance({ variants }: Findings): Figure {
  const cell = (counts: Counts): Cell => ({
    text: countsText(counts),
    good: counts.failed === 0 && counts.passed > 0,
  });
  return {
    title: "cases",
    columns: PROXIES.map((proxy) => PROXY_NAMES[proxy]),
    rows: variants.map((one) => ({
      name: one.variant,
      cells: PROXIES.map((proxy) => cell(one.conformance[proxy])),
    })),
  };
}

function countsText({ passed, known, failed, skipped }: Counts): string {
  const named = Object.entries({ "known to differ": known, failed, skipped }).filter(([, count]) => count > 0);
  return [`${passed} passed`, ...named.map(([name, count]) => `${count} ${name}`)].join(", ");
}

function moduleFigures({ variants }: Findings): Figure[] {
  return [
    figure("module size", bytes, variants, {
      "as it is": ({ size }) => size?.raw,
      gzip: ({ size }) => size?.gzip,
    }),
    figure("linear memory", bytes, variants, {
      "at start": ({ memory }) => memory?.start,
      "after 100 000 requests": ({ memory }) => memory?.later,
    }),
  ];
}

function requestFigures(findings: Findings): Figure[] {
  const { variants } = findings;
  return [
    figure(
      "host calls",
      grouped,
      variants,
      perKind(findings, ({ costs }, kind) => costs?.[kind]?.hostCalls.length),
    ),
    figure(
      "callbacks",
      grouped,
      variants,
      perKind(findings, ({ costs }, kind) => costs?.[kind]?.entries.length),
    ),
    figure(
      "wasm instructions",
      grouped,
      variants,
      perKind(findings, ({ costs }, kind) => costs?.[kind]?.instructions),
    ),
  ];
}

function envoyFigures(findings: Findings): Figure[] {
  const { variants, plain, missing, uncounted } = findings;
  if (missing) return [];
  const all: Subject[] = [...variants, ...(plain ? [{ variant: PLAIN, start: plain }] : [])];
  const cpu = perKind(findings, ({ cpu }, kind) => cpu?.[kind]);
  const instructions = perKind(findings, ({ instructions }, kind) => instructions?.[kind]);
  return [
    figure("until Envoy is ready", seconds, all, {
      time: ({ start }) => start?.seconds,
      "CPU time": ({ start }) => start?.cpu,
    }),
    figure("resident memory then", bytes, all, { "of the process": ({ start }) => start?.rss }),
    figure("CPU per request, to no filter’s", times, variants, cpu, 1),
    ...(uncounted ? [] : [figure("CPU instructions more than without", thousands, variants, instructions)]),
  ];
}

function envoyNote({ missing, uncounted, machine }: Findings): string {
  if (missing) return `Not measured: ${missing}.`;
  const counting = uncounted
    ? `CPU instructions per request were not counted: ${uncounted}.`
    : `CPU instructions: those that the worker runs in user mode for a request that Envoy answers itself, stepped through one by one; the lowest count of ${STEPPED} requests, less no filter’s; not where a request has more than a million in the module alone.`;
  return `${machine}. Ready is the first answer. CPU per request: the worker thread’s, ${ROUNDS} interleaved rounds of ${ROUND} requests; the median of the rounds’ ratios (bars: what is over 1×). ${counting} Ratios and instructions compare between machines, seconds hardly.`;
}

function perKind({ variants }: Findings, of: (one: Subject, kind: string) => number | undefined) {
  const kinds = Object.keys(variants[0]?.costs ?? {});
  return Object.fromEntries(kinds.map((kind) => [kind, (one: Subject) => of(one, kind)]));
}

function figure(
  title: string,
  write: Write,
  subjects: readonly Subject[],
  columns: Readonly<Record<string, (one: Subject) => number | undefined>>,
  nothing = 0,
): Figure {
  const cell = (value: number | undefined): Cell =>
    value === undefined ? { text: NONE } : { text: write(value), size: value - nothing };
  const rows = subjects.map((one) => ({
    name: one.variant,
    cells: Object.values(columns).map((of) => cell(of(one))),
  }));
  return { title, columns: Object.keys(columns), rows };
}
