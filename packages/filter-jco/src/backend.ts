import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

interface Options {
  readonly sync?: boolean;
  readonly runtimeBytes?: Uint8Array;
  [option: string]: unknown;
}

const original: { componentize(options: Options): Promise<{ component: Uint8Array }> } = createRequire(import.meta.url)(
  "componentize-qjs",
);

/** What jco loads instead of componentize-qjs: the same package with a reproducible engine. */
export async function componentize({ sync: _, ...options }: Options): Promise<{ component: Uint8Array }> {
  return original.componentize({ ...options, runtimeBytes: readFileSync(process.env.FILTER_JCO_ENGINE ?? "") });
}
