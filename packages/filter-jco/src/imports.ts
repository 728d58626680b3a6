import { Failure } from "@wasm-header-filter/cli";
import type { CoreModule } from "./core-module.ts";

/**
 * Whether only the proxy is left to import from.
 *
 * @throws Failure naming the first import that isn't one of the adapter's
 */
export function checkImports(module: CoreModule): void {
  const other = module.imports.find(({ module, name }) => !isProxys(module, name));
  if (other)
    throw new Failure(`the lowered module still imports ${other.module}.${other.name}, which no proxy provides`);
}

function isProxys(module: string, name: string): boolean {
  return (
    (module === "env" && name.startsWith("proxy_")) || (module === "wasi_snapshot_preview1" && name === "random_get")
  );
}
