import type { CallView } from "../src/archive/recording.ts";

/** A duration with its unit; below a millisecond in whole microseconds, since fractions are not significant. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return "running";
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Pages of linear memory as a size. */
export const memory = (pages: number): string => `${pages} ${pages === 1 ? "page" : "pages"} (${pages * 64} KiB)`;

export const clock = (time: number): string => new Date(time).toTimeString().slice(0, 8);

/** A value of a call in one line. */
export const shown = (value: unknown): string =>
  typeof value === "string" && !/[\n\r]/.test(value) ? value : JSON.stringify(value);

const listed = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(", ");

/** A call as one line: `name(a=1, b=2) → OK value=x`. */
export function callLine({ name, args, result, results, trap }: CallView): string {
  const end = trap ? `trapped: ${trap}` : [result, results && listed(results)].filter(Boolean).join(" ");
  return `${name}(${listed(args)})${end && ` → ${end}`}`;
}
