import { bytes } from "@wasm-header-filter/oci";
import type { ChainPlugin } from "proxy-wasm-host";
import type { Application } from "./applier.ts";

/** What was applied, one line per resource: the plugins in their order, then the resources that are not applied. */
export function applicationText(
  { plugins, leftOut }: Application,
  chain: readonly Pick<ChainPlugin, "state">[],
): string {
  const rows = plugins.map(({ resource, phase, priority, url, module }, at) => {
    const place = [phase, priority].filter((part) => part !== undefined).join(" ") || "-";
    const source = module && [module.digest, `${bytes(module.size)} from ${SOURCES[module.from]}`].filter(Boolean);
    return [`${at + 1}`, resource, place, chain[at]?.state ?? "", [url, ...(source ?? [])].join("  ")];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const empty = plugins.length === 0 ? ["no plugin applies to this workload: requests pass unchanged"] : [];
  return [
    ...lines,
    ...empty,
    ...leftOut.map(({ resource, reason }) => `-  ${resource} not applied: it ${reason}`),
  ].join("\n");
}

const SOURCES = {
  registry: "the registry",
  layout: "a layout",
  cache: "the cache",
  web: "the web",
  file: "its file",
};
