import { drainOnSignal, startApplied } from "@wasm-header-filter/filter-host";
import type { LabOptions, LabProxy } from "./proxy.ts";

/** Applies the manifest to filter-host, which takes the module out of the image that it names. */
export async function onHost({
  manifest,
  labels,
  layout,
  upstream,
  listen,
  admin,
  log,
}: LabOptions): Promise<LabProxy> {
  const host = await startApplied({
    files: [manifest],
    workload: { ...WORKLOAD, labels },
    places: { layouts: layout ? [layout] : [] },
    upstream,
    listen,
    admin,
    log: ({ level, message }) => log(level, message),
  });
  const { url, adminUrl = url } = host;
  return { name: "filter-host", url, adminUrl, untilDrained: () => drainOnSignal(host), close: () => host.close() };
}

/** The lab's pod. */
const WORKLOAD = {
  namespace: "default",
  rootNamespace: "istio-system",
  port: 80,
  mode: "SERVER",
  type: "HTTP",
} as const;
