import { mkdir } from "node:fs/promises";
import { componentize } from "./componentize.ts";
import { type LowerOptions, lower } from "./lower.ts";

/** A filter's module, and what leads from its script to its sources. */
interface BuiltFilter {
  readonly module: Uint8Array;
  /** The source map of the script, as JSON: what maps the positions in the module's stacks. */
  readonly map: string;
}

/**
 * Builds a filter for the guest API as one core module for any Proxy-Wasm host.
 *
 * @param filter the file whose default export is the filter's definition
 * @param folder where the bundled script and the component are written, as `filter.js` and `filter.component.wasm`
 * @param options those of {@link lower}
 * @returns the module and its map, byte-for-byte the same for the same sources; the module exports only the callbacks that the filter defines
 * @throws Failure if the filter does not compile, cannot be defined, or its component cannot be lowered
 */
export async function buildFilter(
  filter: string,
  folder: string,
  options: Omit<LowerOptions, "script"> = {},
): Promise<BuiltFilter> {
  await mkdir(folder, { recursive: true });
  const { component, script, map } = await componentize(filter, folder, options.engine);
  return { module: await lower(component, { ...options, script }), map };
}
