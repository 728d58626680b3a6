import { MetricType } from "./abi/enums.ts";
import type { Metrics } from "./metrics.ts";

/** The custom metrics as Envoy's `/stats/prometheus` prints them (envoyproxy/envoy, source/server/admin/prometheus_stats.cc). */
export function prometheus(metrics: Metrics): string {
  let text = "";
  for (const { type, name, value } of metrics.all()) {
    if (type === MetricType.histogram || /^[0-9]/.test(name)) continue;
    const shown = name.replace(/[^A-Za-z0-9_]/g, "_");
    text += `# TYPE ${shown} ${type === MetricType.counter ? "counter" : "gauge"}\n${shown}{} ${value}\n\n`;
  }
  return text;
}
