import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { entries } from "./manifest.ts";
import type { PublicPackage } from "./workspace.ts";

/**
 * Compiles the packages' modules, all in one program: each sees the others' sources, as in the repository.
 *
 * @param root the repository
 * @param output the folder for `PACKAGE/src/*.js` and their `.d.ts`
 * @throws Failure with the compiler's message
 */
export function compile(root: string, packages: readonly PublicPackage[], output: string): void {
  const folder = mkdtempSync(join(tmpdir(), "publish-"));
  try {
    const project = join(folder, "tsconfig.json");
    // Every module is listed: the compiler writes no output for those that it finds only through another package.
    const modules = packages
      .filter(({ manifest }) => entries(manifest).length > 0)
      .flatMap(({ folder }) => globSync(`packages/${folder}/src/**/*.ts`, { cwd: root }))
      .filter((path) => !/\.(test|suite)\.ts$/.test(path))
      .map((path) => join(root, path));
    const types = join(root, "node_modules/@types");
    const options = {
      rootDir: join(root, "packages"),
      outDir: output,
      declaration: true,
      typeRoots: [types],
    };
    const config = {
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: options,
      // Node's globals first: AssemblyScript's types declare namespaces of the same names.
      files: [join(types, "node/index.d.ts"), ...modules],
    };
    writeFileSync(project, JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", project], { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Failure(`tsc: the packages don't compile: ${stdout.trim().split("\n")[0]}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
