import { mkdir } from "node:fs/promises";
import { componentize } from "./componentize.ts";
import { type LowerOptions, lower } from "./lower.ts";

/**
 * Builds a filter that is written against the guest API: one core module for any Proxy-Wasm host.
 *
 * @param filter the file whose default export is the filter's definition
 * @param folder where the bundled script and the component are left, `filter.js` and `filter.component.wasm`
 * @param options as {@link lower} takes them
 * @returns the module, the same to the bit for the same sources; it exports no callback that the filter doesn't define
 * @throws Failure where the filter doesn't compile, can't be defined, or its component can't be lowered
 */
export async function buildFilter(
  filter: string,
  folder: string,
  options: Omit<LowerOptions, "script"> = {},
): Promise<Uint8Array> {
  await mkdir(folder, { recursive: true });
  const { component, script } = await componentize(filter, folder, options.engine);
  return lower(component, { ...options, script });
}
