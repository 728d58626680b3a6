import { MetricType } from "../abi/enums.ts";
import type { Metric, Metrics } from "./metrics.ts";
import { extractTags, type StatsTag } from "./stats-tags.ts";

/** Envoy's default buckets (envoyproxy/envoy, source/common/stats/histogram_impl.cc, ConstSupportedBuckets). */
const BUCKETS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000,
];

const KINDS = ["counter", "gauge", "histogram"] as const;

/**
 * The custom metrics as Envoy's `/stats/prometheus` prints them: counters, gauges, then histograms, each by name. A name that
 * is empty or begins with a digit is left out (envoyproxy/envoy, source/server/admin/prometheus_stats.cc).
 *
 * @param tags which parts of names are labels
 */
export function prometheus(metrics: Metrics, tags: readonly StatsTag[] = []): string {
  const all = [...metrics.all()].map((metric) => {
    const { name, labels } = extractTags(metric.name, tags);
    return {
      metric,
      name: sanitized(name),
      labels: labels.map(([label, value]) => `${sanitized(label)}="${escaped(value)}"`),
    };
  });
  return KINDS.flatMap((kind) =>
    all
      .filter(({ metric, name }) => metric.type === MetricType[kind] && !/^(\d|$)/.test(name))
      .sort((left, right) => order(left.name, right.name) || order(left.metric.name, right.metric.name))
      .map(({ metric, name, labels }, at, sorted) => {
        const head = sorted[at - 1]?.name === name ? "" : `# TYPE ${name} ${kind}\n`;
        return `${head}${lines(metric, name, labels)}`;
      }),
  ).join("");
}

const sanitized = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, "_");

const escaped = (value: string): string => value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");

const order = (left: string, right: string): number => Number(left > right) - Number(left < right);

function lines({ value, histogram }: Metric, name: string, labels: readonly string[]): string {
  const own = labels.join(",");
  if (!histogram) return `${name}{${own}} ${value}\n`;
  const bucket = (bound: number | string) => `${name}_bucket{${[...labels, `le="${bound}"`].join(",")}}`;
  const buckets = BUCKETS.map((bound) => `${bucket(bound)} ${histogram.countTo(bound)}\n`).join("");
  const rest = `${bucket("+Inf")} ${histogram.count}\n`;
  return `${buckets}${rest}${name}_sum{${own}} ${decimal(histogram.sum)}\n${name}_count{${own}} ${histogram.count}\n`;
}

/** A number with 32 significant digits, no zeros at its end. */
const decimal = (value: number): string =>
  value === 0
    ? "0"
    : value
        .toPrecision(32)
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, "");
