import { statSync } from "node:fs";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { readModule } from "@wasm-header-filter/oci";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Reads a module that the user named.
 *
 * @param source a file, an OCI image layout's folder, or such a folder and a tag as `DIR:TAG`
 * @returns the module's bytes
 * @throws Failure if there is nothing of that name, it can't be read, or the layout's rules are broken
 */
export async function readModuleSource(source: string): Promise<Uint8Array> {
  if (source.includes("://")) {
    throw new Failure(
      `${source}: pulling from a registry is not supported yet, expected a file, an OCI layout's folder or DIR:TAG`,
    );
  }
  if (isFolder(source)) return readModule(source);
  const colon = source.lastIndexOf(":");
  const folder = source.slice(0, colon);
  if (colon > 0 && isFolder(folder)) return readModule(folder, source.slice(colon + 1));
  return readInput(source, "module");
}
