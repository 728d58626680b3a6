import { command, Failure, hostPort, keyValue, namedUrl, run, UsageError, upstreamUrl } from "@wasm-header-filter/cli";
import {
  addRegistryOptions,
  type ConnectionOptions,
  isTag,
  type Reference,
  readSigner,
  registryOptions,
  repositoryOption,
} from "@wasm-header-filter/oci";
import { Option } from "commander";
import { ENGINES, type Engine, type Project, readProject, readProjects } from "./project.ts";

const filter = command("filter", "Develop, build, test, pack and deploy the filter of the package in this folder.");
const engineOption = (what: string) => new Option("--engine <name>", what).choices(ENGINES);
const tagOption = (what: string) => new Option("--tag <name>", what).argParser(tagNamed);
const address = (flags: string, what: string, usual: string) =>
  new Option(flags, what).argParser(hostPort).default(hostPort(usual), usual);

/** @throws UsageError if a text can't be a tag */
function tagNamed(text: string): string {
  if (isTag(text)) return text;
  throw new UsageError(`--tag ${text}: expected letters, digits, ., _ and -, such as dev`);
}

interface Chosen {
  readonly engine?: Engine;
}

/** The engine that was asked for, or the project's first. */
function chosen(project: Project, { engine = project.engines[0] }: Chosen): Engine {
  if (project.engines.includes(engine)) return engine;
  throw new Failure(`--engine ${engine}: not in ${project.where}.engines, which has ${project.engines.join(", ")}`);
}

filter
  .command("dev")
  .description("Serve requests through the filter, and build it again on each change.")
  .addOption(engineOption("with what it is built (default: the first in package.json)"))
  .addOption(new Option("--proxy <name>", "in what it runs").choices(["host", "envoy"]).default("host"))
  .option("--upstream <url>", "what is behind it (default: a built-in server as httpbin)", upstreamUrl)
  .option("--cluster <name=url>", "a service that the filter calls; give it once for each", namedUrl)
  .option("--break", "requests wait until they are released on the page")
  .addOption(address("--listen <host:port>", "where it is served", "127.0.0.1:8000"))
  .addOption(address("--admin <host:port>", "where the page and the statistics are", "127.0.0.1:15000"))
  .action(async (options) => {
    if (options.break && options.proxy === "envoy")
      throw new UsageError("--break: only with --proxy host, which has a page");
    const project = await readProject();
    const { develop } = await import("./dev/dev.ts");
    await develop(project, { ...options, engine: chosen(project, options) });
  });

filter
  .command("build")
  .description("Build the module of each engine, and say whether Envoy loads it.")
  .addOption(engineOption("only this one"))
  .action(async (options: Chosen) => {
    const { buildAndExamine } = await import("./steps.ts");
    for (const project of await readProjects())
      await buildAndExamine(project, options.engine ? [chosen(project, options)] : project.engines);
  });

filter
  .command("doctor")
  .description("Say whether Envoy loads the built module, and what a request costs.")
  .addOption(engineOption("whose module (default: the first in package.json)"))
  .action(async (options: Chosen) => {
    const { examine } = await import("./steps.ts");
    for (const project of await readProjects()) await examine(project, chosen(project, options));
  });

filter
  .command("bench")
  .description("Say what a request costs: CPU instructions in Envoy, and host calls.")
  .addOption(engineOption("only this one"))
  .option("--compare <module...>", "other modules, which get the same configuration")
  .option("--header <name=value>", "a header of the request; give it once for each", keyValue)
  .option("--json", "print JSON")
  .action(async (options: Chosen & { compare?: string[]; header?: Record<string, string>; json?: boolean }) => {
    const { bench } = await import("./bench.ts");
    const { compare = [], header = {}, json = false } = options;
    const project = await readProject();
    const engines = options.engine ? [chosen(project, options)] : project.engines;
    await bench(project, { engines, compare, headers: header, json });
  });

filter
  .command("test")
  .description("Build the modules, and run the unit tests, and the cases on filter-host and Envoy.")
  .option("--on <proxies>", "host, envoy, or both", "host,envoy")
  .action(async ({ on }) => {
    const { test } = await import("./steps.ts");
    for (const project of await readProjects()) await test(project, on);
  });

filter
  .command("pack")
  .description("Pack each built module as an image, into dist/.")
  .action(async () => {
    const { pack } = await import("./steps.ts");
    for (const project of await readProjects()) await pack(project);
  });

filter
  .command("push")
  .description("Push the packed images to the repository in package.json, to try them; filter release pushes versions.")
  .addOption(tagOption("the images' tag").default("dev"))
  .action(async ({ tag }: { tag: string }) => {
    const { push } = await import("./steps.ts");
    for (const project of await readProjects()) await push(project, tag);
  });

filter
  .command("manifest")
  .description("Print the manifest that adds the filter to a workload.")
  .addOption(engineOption("whose image (default: the first in package.json)"))
  .option("--kind <kind>", "wasmplugin or trafficextension", "wasmplugin")
  .addOption(tagOption("the image's tag (default: the version)"))
  .action(async (options: Chosen & { kind: string; tag?: string }) => {
    const { manifest } = await import("./steps.ts");
    for (const [at, project] of await (await readProjects()).entries()) {
      if (at > 0) console.log("---");
      await manifest(project, chosen(project, options), options.kind, options.tag);
    }
  });

filter
  .command("add-variant")
  .description("Build the filter for a second engine, too.")
  .argument("<engine>", `${ENGINES.join(", ")}: one that takes the filter's language`)
  .action(async (name: string) => {
    const engine = ENGINES.find((one) => one === name);
    if (engine === undefined) throw new UsageError(`${name}: no engine, expected ${ENGINES.join(", ")}`);
    await (await import("./add-variant.ts")).addVariant(await readProject(), engine);
  });

interface Release extends ConnectionOptions {
  readonly repository?: Reference;
  readonly key?: string;
  readonly dryRun?: boolean;
  readonly pushTags?: boolean;
}

addRegistryOptions(filter.command("release"))
  .description("Build, test, push, attest, sign and tag the version in package.json; run it again if it fails.")
  .option("--repository <name>", "where images are pushed (default: wasmFilter.repository)", repositoryOption)
  .option("--dry-run", "print what would be pushed, and stop")
  .option("--key <file>", "sign the images (default: $COSIGN_KEY); its password in COSIGN_PASSWORD")
  .option("--push-tags", "push the git tags to origin")
  .action(async (options: Release) => {
    const { refuseOneRepository, release } = await import("./release.ts");
    const { COSIGN_KEY, COSIGN_PASSWORD } = process.env;
    const projects = await readProjects();
    refuseOneRepository(projects, options.repository);
    const key = options.key ?? COSIGN_KEY;
    const signer = key ? readSigner(key, COSIGN_PASSWORD) : undefined;
    const registry = await registryOptions(options);
    const { repository, dryRun = false, pushTags = false } = options;
    for (const project of projects) await release(project, { repository, registry, signer, dryRun, pushTags });
  });

await run(filter);
