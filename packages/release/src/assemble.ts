import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { place } from "@wasm-header-filter/oci";
import { compile } from "./compile.ts";
import { entries, published } from "./manifest.ts";
import { copyReached } from "./reached.ts";
import { type PublicPackage, publicPackages, readManifest } from "./workspace.ts";

/**
 * Writes `publish/NAME` for every public package, the folder that is published on npm: its sources are compiled, other files are copied.
 *
 * @param root the repository, with its variants built
 * @param output the parent folder of `publish`
 * @returns the packages; if something fails, their old folders are unchanged
 * @throws Failure if the sources don't compile, a field is missing in a package.json, or a file that it names doesn't exist
 */
export async function assemble(root: string, output = root): Promise<PublicPackage[]> {
  const packages = publicPackages(root);
  const about = readManifest(join(root, "package.json"));
  const scratch = mkdtempSync(join(tmpdir(), "publish-"));
  try {
    compile(root, packages, scratch);
    await place(output, ["publish"], (staging) => {
      for (const pkg of packages) {
        const { dir, folder, manifest } = pkg;
        const target = join(staging, "publish", folder);
        mkdirSync(target, { recursive: true });
        const text = JSON.stringify(published(manifest, about, folder), undefined, 2);
        writeFileSync(join(target, "package.json"), `${text}\n`);
        cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
        copyReached(join(scratch, folder), entries(manifest), target);
        for (const path of ["README.md", ...data(pkg)]) copy(dir, path, target);
      }
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return packages;
}

/** The files that are copied: those in `files` that aren't compiled, and the changelog if there is one. */
function data({ dir, manifest }: PublicPackage): string[] {
  const modules = entries(manifest);
  const files = (manifest.files ?? []).filter((path) => !modules.includes(path));
  return existsSync(join(dir, "CHANGELOG.md")) ? [...files, "CHANGELOG.md"] : files;
}

function copy(dir: string, path: string, target: string): void {
  if (!existsSync(join(dir, path)))
    throw new Failure(`${join(dir, path)}: missing, but package.json lists it in files; run npm run build`);
  cpSync(join(dir, path), join(target, path), { recursive: true });
}
