import { createRequire } from "node:module";
import { reproducibleEngine } from "./runtime.ts";

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
  return original.componentize({ ...options, runtimeBytes: Buffer.from(await reproducibleEngine("quickjs")) });
}
