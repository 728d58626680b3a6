import { startHost } from "@wasm-header-filter/filter-host";
import type { LabOptions, LabProxy } from "./proxy.ts";

/** Runs the filter on filter-host. */
export async function onHost({
  name,
  module,
  configuration,
  upstream,
  listen,
  admin,
  log,
  source,
  imageDigest,
}: LabOptions): Promise<LabProxy> {
  const plugins = [{ name, module, configuration, source, imageDigest }];
  const host = await startHost({ plugins, upstream, listen, admin, log: ({ level, message }) => log(level, message) });
  const { url, adminUrl = url } = host;
  return { name: "filter-host", url, adminUrl, close: () => host.close() };
}
