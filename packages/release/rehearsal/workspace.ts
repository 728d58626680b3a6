import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { readManifest } from "../src/workspace.ts";

const real = findRoot(import.meta.dirname);

/** A repository in small: a library and two variants that are filter-as under other names, built for real. */
export interface Workspace {
  readonly root: string;
  /** Runs a command of the repository, such as git. */
  run(command: string, ...args: string[]): string;
  /** Builds the variants in their present version. */
  build(): void;
  /** Writes a changeset of the first variant. */
  change(text: string, bump: "minor" | "patch"): void;
  /** Packs a module as a variant's. */
  dress(variant: string, module: string): void;
  /** Commits all that changed. */
  commit(message: string): void;
  remove(): void;
}

/** Makes the repository and commits it. */
export function createWorkspace(): Workspace {
  const root = mkdtempSync(join(tmpdir(), "rehearsal-"));
  const write = (path: string, value: unknown) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), typeof value === "string" ? value : JSON.stringify(value, undefined, 2));
  };
  const env = { ...process.env, PATH: `${join(real, "node_modules/.bin")}:${process.env.PATH}` };
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: root, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const { homepage, repository } = readManifest(join(real, "package.json"));
  const packageManager = readManifest(join(real, "package.json")).packageManager;
  write("package.json", {
    name: "rehearsal",
    private: true,
    scripts: { build: "npm run build --workspaces --if-present", postbuild: "release assemble" },
    homepage,
    repository,
    packageManager,
    workspaces: ["packages/*"],
  });
  // By this file changesets knows that npm's workspaces are meant.
  write("package-lock.json", { name: "rehearsal", lockfileVersion: 3, packages: {} });
  write(".gitignore", "node_modules\ndist/\nbuild/\npublish/\n.staged-*\n");
  write(".changeset/config.json", {
    changelog: "@changesets/cli/changelog",
    commit: false,
    fixed: [["@rehearsal/filter-*"]],
    access: "public",
    baseBranch: "main",
    updateInternalDependencies: "patch",
  });
  for (const file of ["LICENSE", "tsconfig.base.json"]) cpSync(join(real, file), join(root, file));
  symlinkSync(join(real, "node_modules"), join(root, "node_modules"));
  const common = { version: "0.1.0", license: "Apache-2.0", type: "module", keywords: [], engines: {} };
  const prepublishOnly = "release prepublish";
  write("packages/library/src/index.ts", 'export const hello: string = "world";\n');
  write("packages/library/README.md", "A library.\n");
  write("packages/library/package.json", {
    name: "@rehearsal/library",
    description: "A library",
    ...common,
    scripts: { prepublishOnly },
    exports: { ".": "./src/index.ts" },
    files: [],
    publishConfig: { access: "public", directory: "../../publish/library" },
  });
  for (const variant of ["one", "two"]) {
    const folder = `packages/filter-${variant}`;
    for (const part of ["assembly", "src", "asconfig.json", "README.md"]) {
      cpSync(join(real, "packages/filter-as", part), join(root, folder, part), { recursive: true });
    }
    write(`${folder}/package.json`, {
      name: `@rehearsal/filter-${variant}`,
      description: "A variant",
      ...common,
      scripts: { build: "mkdir -p build && node src/build.ts && oci pack build/plugin.wasm", prepublishOnly },
      exports: { "./plugin.wasm": "./dist/plugin.wasm" },
      files: ["dist/plugin.wasm", "dist/plugin.json"],
      publishConfig: { access: "public", directory: `../../publish/filter-${variant}` },
      wasmFilter: { variant },
    });
  }
  const workspace: Workspace = {
    root,
    run,
    build: () => void run("npm", "run", "--silent", "build"),
    change(text, bump) {
      const [name] = text.toLowerCase().split(" ");
      write(`.changeset/${name}.md`, `---\n"@rehearsal/filter-one": ${bump}\n---\n\n${text}\n`);
    },
    dress(variant, module) {
      const command = (name: string, cwd: string, ...args: string[]) =>
        execFileSync(process.execPath, [join(real, `packages/${name}/src/main.ts`), ...args], { cwd, stdio: "ignore" });
      command("oci", join(root, `packages/filter-${variant}`), "pack", module);
      command("release", root, "assemble");
    },
    commit(message) {
      run("git", "add", "--all");
      run("git", "commit", "--quiet", "--message", message);
    },
    remove: () => rmSync(root, { recursive: true }),
  };
  run("git", "init", "--quiet", "--initial-branch=main");
  run("git", "config", "user.name", "Rehearsal");
  run("git", "config", "user.email", "rehearsal@example.org");
  workspace.commit("A repository in small");
  return workspace;
}
