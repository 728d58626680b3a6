import { UsageError } from "@wasm-header-filter/cli";
import type { HeaderRoute } from "../proxy/router/route.ts";

/**
 * Reads and collects `HEADER:VALUE=CLUSTER`.
 *
 * @throws UsageError if it is not that
 */
export function headerRoute(text: string, previous: readonly HeaderRoute[] = []): HeaderRoute[] {
  const [, header = "", value = "", cluster = ""] = /^(:?[^\s:=]+):\s*(.+)=([^\s=]+)$/.exec(text) ?? [];
  if (cluster === "") {
    throw new UsageError(`--route ${text}: expected HEADER:VALUE=CLUSTER, such as x-variant:b=blue`);
  }
  return [...previous, { header: header.toLowerCase(), value, cluster }];
}
