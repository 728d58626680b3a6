import { MetricType } from "../abi/enums.ts";
import type { Metric, Metrics } from "./metrics.ts";

/** Envoy's default buckets (envoyproxy/envoy, source/common/stats/histogram_impl.cc, ConstSupportedBuckets). */
const BUCKETS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000,
];

const KINDS = ["counter", "gauge", "histogram"] as const;

/**
 * The custom metrics as Envoy's `/stats/prometheus` prints them: counters, gauges, then histograms, each by name. A name that
 * is empty or begins with a digit is left out (envoyproxy/envoy, source/server/admin/prometheus_stats.cc).
 */
export function prometheus(metrics: Metrics): string {
  const all = [...metrics.all()].map((metric) => ({ metric, name: metric.name.replace(/[^A-Za-z0-9_]/g, "_") }));
  return KINDS.flatMap((kind) =>
    all
      .filter(({ metric, name }) => metric.type === MetricType[kind] && !/^(\d|$)/.test(name))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
      .map(({ metric, name }) => `# TYPE ${name} ${kind}\n${lines(metric, name)}`),
  ).join("");
}

function lines({ value, histogram }: Metric, name: string): string {
  if (!histogram) return `${name}{} ${value}\n`;
  const buckets = BUCKETS.map((bound) => `${name}_bucket{le="${bound}"} ${histogram.countTo(bound)}\n`).join("");
  const rest = `${name}_bucket{le="+Inf"} ${histogram.count}\n`;
  return `${buckets}${rest}${name}_sum{} ${decimal(histogram.sum)}\n${name}_count{} ${histogram.count}\n`;
}

/** A number with 32 significant digits, no zeros at its end. */
const decimal = (value: number): string =>
  value === 0
    ? "0"
    : value
        .toPrecision(32)
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, "");
