import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, palette } from "@wasm-header-filter/cli";
import { cleanCommit } from "@wasm-header-filter/image-release";
import { formatReference, sourceOf } from "@wasm-header-filter/oci";
import { build, moduleOf } from "./build.ts";
import { checkConfiguration, configurationText } from "./configuration.ts";
import { imageFolder, layoutOf, repositoryName, tagOf } from "./image.ts";
import { type Engine, type Project, shortName } from "./project.ts";
import { loadFilter } from "./testing.ts";
import { commandOf, run, type Show } from "./tool.ts";

const OURS = "@wasm-header-filter/";

/** Builds each engine's module, and lets doctor look at it. */
export async function buildAndExamine(project: Project, engines: readonly Engine[], show?: Show): Promise<void> {
  checkConfiguration(project);
  for (const engine of engines) {
    await build(project, engine);
    await examine(project, engine, show);
  }
}

/** Says whether Envoy loads an engine's module, and what a request costs. */
export async function examine(project: Project, engine: Engine, show?: Show): Promise<void> {
  await tool(
    project,
    "filter-host",
    "filter-host",
    ["doctor", built(project, engine), ...configuration(project)],
    show,
  );
}

/** Builds the modules, and runs the unit tests, if the project has vitest, and its cases on both proxies. */
export async function test(project: Project, on: string): Promise<void> {
  for (const engine of project.engines) await build(project, engine);
  await runUnitTests(project);
  if (project.cases === undefined) return;
  for (const engine of project.engines) {
    const args = [moduleOf(engine), "--variant", engine, "--cases", project.cases, "--on", on];
    await tool(project, "conformance", "conformance", args);
  }
}

/** Runs the unit tests, if the project has vitest. */
export async function runUnitTests({ dir, hasVitest }: Project, show: Show = "stdout"): Promise<void> {
  if (!hasVitest) return;
  const { status } = await run(commandOf("vitest", "vitest", [dir]), ["run", "--passWithNoTests"], dir, show);
  if (status !== 0) throw new Failure("the unit tests fail, see above");
}

/** Packs each engine's module as an image, which names the commit that it was built from if there are no changes since. */
export async function pack(project: Project, show?: Show): Promise<void> {
  const revision = cleanCommit(project.root);
  const { description, license } = project;
  const name = project.repository ? formatReference(project.repository) : shortName(project);
  checkConfiguration(project);
  for (const engine of project.engines) {
    const source = sourceOf(project.dir);
    const texts = Object.entries({ title: shortName(project), description, license, source, revision });
    const options = texts.flatMap(([option, value]) => (value ? [`--${option}`, value] : []));
    const where = ["--name", name, "--version", tagOf(project, engine), "-o", imageFolder(engine)];
    await tool(project, "oci", "oci", ["pack", built(project, engine), ...where, ...options], show);
  }
}

/**
 * Pushes each engine's image to the project's repository, to try it: a release pushes what a version's tag names.
 *
 * @param name in the images' tags
 */
export async function push(project: Project, name: string): Promise<void> {
  for (const engine of project.engines) {
    const layout = `${imageFolder(engine)}/oci`;
    if (!existsSync(layoutOf(project, engine))) throw new Failure(`${layout}: no such image; run filter pack first`);
    const tag = tagOf(project, engine, name);
    await tool(project, "oci", "oci", ["push", layout, `${repositoryName(project)}:${tag}`]);
  }
}

/**
 * Prints the manifest that runs an engine's image.
 *
 * @param name in the image's tag, which may move then, instead of the version
 * @throws Failure if the schema or the built module refuses the configuration
 */
export async function manifest(project: Project, engine: Engine, kind: string, name?: string): Promise<void> {
  checkConfiguration(project);
  // A configuration that the module refuses would be refused in the cluster.
  await loadFilter({ module: join(project.dir, built(project, engine)), config: configurationText(project) });
  const tag = tagOf(project, engine, name);
  const moduleUrl = `oci://${repositoryName(project)}:${tag}`;
  // Istio does not pull a tag again that it has, unless it is latest.
  const pulled = name === undefined ? {} : { imagePullPolicy: "Always" };
  const file = join(project.dir, "build/manifest.json");
  mkdirSync(join(project.dir, "build"), { recursive: true });
  writeFileSync(file, JSON.stringify({ name: shortName(project), moduleUrl, ...pulled, ...project.plugin }));
  await tool(project, "manifests", "manifests", ["--kind", kind, "--config-file", file]);
}

function built(project: Project, engine: Engine): string {
  const module = moduleOf(engine);
  if (existsSync(join(project.dir, module))) return module;
  throw new Failure(`${module}: no such file; run filter build first`);
}

const configuration = (project: Project): string[] =>
  project.plugin.pluginConfig === undefined ? [] : ["--config", configurationText(project)];

async function tool(
  project: Project,
  name: string,
  command: string,
  args: readonly string[],
  show: Show = "stdout",
): Promise<void> {
  const { dim } = palette(process.stderr);
  console.error(dim(`$ ${command} ${args.map((arg) => (/^[\w./:=,@-]+$/.test(arg) ? arg : `'${arg}'`)).join(" ")}`));
  const program = commandOf(OURS + name, command, [project.dir, import.meta.dirname]);
  const { status } = await run(program, args, project.dir, show);
  if (status !== 0) throw new Failure(`${command}: failed with status ${status}, see above`);
}
