import { dirname, join, relative } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { findRoot } from "@wasm-header-filter/oci";
import { publicPackages, readManifest } from "./workspace.ts";

/**
 * What npm runs before it publishes a package: refuses anything but a fresh folder of `publish/`.
 *
 * @param dir the folder that npm is about to publish
 * @throws Failure if it is the package's source, or of another version than the source
 */
export function prepublish(dir: string): void {
  const root = findRoot(dir);
  const { name, version } = readManifest(join(dir, "package.json"));
  const source = publicPackages(root).find(({ manifest }) => manifest.name === name);
  const where = relative(root, dir);
  if (!source) throw new Failure(`${where}: ${name} is no public package of this repository`);
  if (dirname(dir) !== join(root, "publish")) {
    throw new Failure(`${where}: npm gets publish/${source.folder}; run changeset publish`);
  }
  if (source.manifest.version !== version) {
    throw new Failure(`${where}: version ${version}, expected ${source.manifest.version}; run npm run build`);
  }
}
