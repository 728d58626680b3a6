import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import type { Engine, Project } from "./project.ts";
import { commandOf, installed, run } from "./tool.ts";
import { writeTypes } from "./types.ts";

/** What an engine's package and its SDK are called. */
export const ENGINE_PACKAGES: Readonly<Record<Engine, { readonly sdk: string; readonly tool: string }>> = {
  as: { sdk: "proxy-wasm-as", tool: "assemblyscript" },
  javy: { sdk: "@wasm-header-filter/filter-js", tool: "@wasm-header-filter/filter-javy" },
  jco: { sdk: "@wasm-header-filter/filter-js", tool: "@wasm-header-filter/filter-jco" },
};

/**
 * The version of an engine's package that a project has.
 *
 * @throws Failure if it isn't installed
 */
export function engineVersion(engine: Engine, from: string): string {
  const { tool } = ENGINE_PACKAGES[engine];
  const dir = installed(tool, from);
  if (dir === undefined) throw new Failure(`${tool}: not installed; npm install --save-dev ${tool}`);
  return (JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as { version: string }).version;
}

const COMPILE_AS = fileURLToPath(new URL(`compile-as${extname(import.meta.filename)}`, import.meta.url));

/** Where a build goes, from the project's folder. */
export const moduleOf = (engine: Engine): string => `build/${engine}.wasm`;

/**
 * Builds a filter for one engine, whose package must be installed in the project, and writes the types of its configuration. If it fails,
 * the last module stays.
 *
 * @returns the module's path, absolute
 * @throws Failure with what the compiler says
 */
export async function build(project: Project, engine: Engine): Promise<string> {
  const module = join(project.dir, moduleOf(engine));
  await writeTypes(project);
  const unfinished = `${module}.new`;
  mkdirSync(dirname(module), { recursive: true });
  const { program, args } = compiler(project, engine, unfinished);
  const { status, signal, output } = await run(program, args, project.dir);
  if (status !== 0) {
    rmSync(unfinished, { force: true });
    throw new Failure(
      output.trim().replace(/^filter-\w+: /, "") ||
        `${engine}: the build ${signal ? `was ended by ${signal}` : `failed with status ${status}`}`,
    );
  }
  const map = `${unfinished}.map`;
  if (existsSync(map)) renameSync(map, `${module}.map`);
  // At once: filter dev reads it while it is built again.
  renameSync(unfinished, module);
  return module;
}

function compiler({ dir, source }: Project, engine: Engine, output: string) {
  if (engine !== "as") {
    const program = commandOf(ENGINE_PACKAGES[engine].tool, `filter-${engine}`, [dir]);
    return { program, args: [source, "-o", output] };
  }
  for (const name of ["proxy-wasm-as", "assemblyscript"])
    if (!installed(name, dir)) throw new Failure(`${name}: not installed; npm install --save-dev ${name}`);
  return { program: COMPILE_AS, args: [source, output] };
}
