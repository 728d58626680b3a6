import { PROXIES, type ProxyName } from "../case.ts";
import type { StartFigures } from "../figures/on-envoy.ts";
import type { Counts, Findings, VariantFindings } from "./findings.ts";

/** One line of the table: a figure of each variant. */
export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
  /** The figures as numbers where less is better, for bars. */
  readonly sizes?: readonly (number | undefined)[];
}

export interface Section {
  readonly title: string;
  /** How its figures came about. */
  readonly note: string;
  readonly rows: readonly Row[];
}

const PROXY_NAMES: Record<ProxyName, string> = { host: "filter-host", envoy: "Envoy" };
const NONE = "–";

/** 1196366 as `1.20 MB`. */
export function bytes(size: number): string {
  if (size >= 1e6) return `${(size / 1e6).toFixed(2)} MB`;
  return `${(size / 1e3).toFixed(1)} kB`;
}

export const thousands = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");
export const times = (value: number): string => `${value.toFixed(2)}×`;

function counts({ passed, known, failed, skipped }: Counts): string {
  const named = Object.entries({ "known to differ": known, failed, skipped }).filter(([, count]) => count > 0);
  return [`${passed} passed`, ...named.map(([name, count]) => `${count} ${name}`)].join(", ");
}

/** The table that both report files show. */
export function sections({ variants, plain, machine, missing }: Findings): Section[] {
  const text = (label: string, of: (one: VariantFindings) => string): Row => ({ label, cells: variants.map(of) });
  const number = (
    label: string,
    of: (one: VariantFindings) => number | undefined,
    write: (value: number) => string,
  ): Row => {
    const sizes = variants.map(of);
    return { label, cells: sizes.map((size) => (size === undefined ? NONE : write(size))), sizes };
  };
  const kinds = Object.keys(variants[0]?.costs ?? {});
  const start = (label: string, of: (start: StartFigures) => number, write: (value: number) => string) =>
    number(`${label}${plain ? ` (no filter: ${write(of(plain))})` : ""}`, (one) => one.start && of(one.start), write);
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const onEnvoy = [
    start("until the first answer", ({ seconds }) => seconds, seconds),
    start("CPU until then", ({ cpu }) => cpu, seconds),
    start("resident memory then", ({ rss }) => rss, bytes),
    ...kinds.map((kind) => number(`CPU per request to no filter's, ${kind}`, (one) => one.cpu?.[kind], times)),
  ];
  return [
    {
      title: "Conformance",
      note: "The contract's cases, on each proxy.",
      rows: PROXIES.map((proxy) => text(PROXY_NAMES[proxy], (one) => counts(one.conformance[proxy]))),
    },
    {
      title: "Module",
      note: "Linear memory on filter-host, once configured and after 100 000 requests.",
      rows: [
        number("size", ({ size }) => size.raw, bytes),
        number("size, gzip", ({ size }) => size.gzip, bytes),
        number("linear memory", ({ memory }) => memory.start, bytes),
        number("linear memory later", ({ memory }) => memory.later, bytes),
      ],
    },
    {
      title: "A request, counted",
      note: "Two configured headers. Exact, and the same on every machine. Instructions: the WebAssembly instructions executed inside the module, all but block, loop, else and end; the median of 1 000 requests.",
      rows: kinds.flatMap((kind) => [
        number(`host calls, ${kind}`, ({ costs }) => costs[kind]?.hostCalls.length, thousands),
        number(`VM entries, ${kind}`, ({ costs }) => costs[kind]?.entries.length, thousands),
        number(`instructions, ${kind}`, ({ costs }) => costs[kind]?.instructions, thousands),
      ]),
    },
    {
      title: "On Envoy, measured",
      note: missing
        ? `Not measured: ${missing}.`
        : `${machine}. CPU per request: the worker thread's, over the loopback, in interleaved rounds; the median of the rounds' ratios. Ratios compare between machines, seconds and bytes hardly.`,
      rows: missing ? [] : onEnvoy,
    },
  ];
}
