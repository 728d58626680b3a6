import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, palette } from "@wasm-header-filter/cli";
import { formatReference } from "@wasm-header-filter/oci";
import { build, moduleOf } from "./build.ts";
import { checkConfiguration } from "./configuration.ts";
import { type Engine, type Project, shortName } from "./project.ts";
import { commandOf, run } from "./tool.ts";

const OURS = "@wasm-header-filter/";

/** Where an engine's image goes, from the project's folder. */
const imageFolder = (engine: Engine): string => `dist/${engine}`;

/** The tag of an engine's image: the version alone where there is one engine. */
const tagOf = ({ version, engines }: Project, engine: Engine): string =>
  engines.length > 1 ? `${version}-${engine}` : version;

/** Builds each engine's module, and lets doctor look at it. */
export async function buildAndExamine(project: Project, engines: readonly Engine[]): Promise<void> {
  checkConfiguration(project);
  for (const engine of engines) {
    await build(project, engine);
    await examine(project, engine);
  }
}

/** Says whether Envoy loads an engine's module, and what a request costs. */
export async function examine(project: Project, engine: Engine): Promise<void> {
  await tool(project, "filter-host", "filter-host", ["doctor", built(project, engine), ...configuration(project)]);
}

/** Builds the modules, and runs the unit tests, if the project has vitest, and its cases on both proxies. */
export async function test(project: Project, on: string): Promise<void> {
  for (const engine of project.engines) await build(project, engine);
  if (project.hasVitest) {
    const args = ["run", "--passWithNoTests"];
    const { status } = await run(commandOf("vitest", "vitest", [project.dir]), args, project.dir, true);
    if (status !== 0) throw new Failure("the unit tests fail, see above");
  }
  if (project.cases === undefined) return;
  for (const engine of project.engines) {
    const args = [moduleOf(engine), "--variant", engine, "--cases", project.cases, "--on", on];
    await tool(project, "conformance", "conformance", args);
  }
}

/** Packs each engine's module as an image. */
export async function pack(project: Project): Promise<void> {
  const { description, license } = project;
  const name = project.repository ? formatReference(project.repository) : shortName(project);
  checkConfiguration(project);
  for (const engine of project.engines) {
    const texts = Object.entries({ title: shortName(project), description, license });
    const options = texts.flatMap(([option, value]) => (value ? [`--${option}`, value] : []));
    const where = ["--name", name, "--version", tagOf(project, engine), "-o", imageFolder(engine)];
    await tool(project, "oci", "oci", ["pack", built(project, engine), ...where, ...options]);
  }
}

/** Pushes each engine's image to the project's repository. */
export async function push(project: Project): Promise<void> {
  for (const engine of project.engines) {
    const layout = `${imageFolder(engine)}/oci`;
    if (!existsSync(join(project.dir, layout))) throw new Failure(`${layout}: no such image; run filter pack first`);
    await tool(project, "oci", "oci", ["push", layout, `${repository(project)}:${tagOf(project, engine)}`]);
  }
}

/** Prints the manifest that runs an engine's image. */
export async function manifest(project: Project, engine: Engine, kind: string): Promise<void> {
  checkConfiguration(project);
  const moduleUrl = `oci://${repository(project)}:${tagOf(project, engine)}`;
  const file = join(project.dir, "build/manifest.json");
  mkdirSync(join(project.dir, "build"), { recursive: true });
  writeFileSync(file, JSON.stringify({ name: shortName(project), moduleUrl, ...project.plugin }));
  await tool(project, "manifests", "manifests", ["--kind", kind, "--config-file", file]);
}

function repository(project: Project): string {
  if (project.repository) return formatReference(project.repository);
  throw new Failure(
    `package.json: wasmFilter.repository: missing, expected where images are pushed, such as ghcr.io/me/${shortName(project)}`,
  );
}

function built(project: Project, engine: Engine): string {
  const module = moduleOf(engine);
  if (existsSync(join(project.dir, module))) return module;
  throw new Failure(`${module}: no such file; run filter build first`);
}

const configuration = ({ plugin: { pluginConfig } }: Project): string[] =>
  pluginConfig === undefined ? [] : ["--config", JSON.stringify(pluginConfig)];

async function tool(project: Project, name: string, command: string, args: readonly string[]): Promise<void> {
  const { dim } = palette(process.stderr);
  console.error(dim(`$ ${command} ${args.map((arg) => (/^[\w./:=,@-]+$/.test(arg) ? arg : `'${arg}'`)).join(" ")}`));
  const program = commandOf(OURS + name, command, [project.dir, import.meta.dirname]);
  const { status } = await run(program, args, project.dir, true);
  if (status !== 0) throw new Failure(`${command}: failed with status ${status}, see above`);
}
