import { readFileSync, statSync } from "node:fs";

/**
 * Reads the source map that a build has written beside a module.
 *
 * @param module the module's path
 * @returns the content of MODULE.map; undefined if there is no such file
 * @throws Error with `code` if the file can't be read
 */
export function mapBeside(module: string): Uint8Array | undefined {
  const path = `${module}.map`;
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined;
}
