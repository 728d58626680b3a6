import { command, Failure, hostPort, run, upstreamUrl } from "@wasm-header-filter/cli";
import { Option } from "commander";
import { ENGINES, type Engine, type Project, readProject } from "./project.ts";

const filter = command("filter", "Develop, build, test, pack and deploy the filter of the package in this folder.");
const engineOption = (what: string) => new Option("--engine <name>", what).choices(ENGINES);
const address = (flags: string, what: string, usual: string) =>
  new Option(flags, what).argParser(hostPort).default(hostPort(usual), usual);

interface Chosen {
  readonly engine?: Engine;
}

/** The engine that was asked for, or the project's first. */
function chosen(project: Project, { engine = project.engines[0] }: Chosen): Engine {
  if (project.engines.includes(engine)) return engine;
  throw new Failure(
    `--engine ${engine}: not in wasmFilter.engines of package.json, which has ${project.engines.join(", ")}`,
  );
}

filter
  .command("dev")
  .description("Serve requests through the filter, and build it again on each change.")
  .addOption(engineOption("with what it is built (default: the first in package.json)"))
  .option("--upstream <url>", "what is behind it (default: a built-in server as httpbin)", upstreamUrl)
  .addOption(address("--listen <host:port>", "where it is served", "127.0.0.1:8000"))
  .addOption(address("--admin <host:port>", "where the page and the statistics are", "127.0.0.1:15000"))
  .action(async (options) => {
    const project = readProject();
    const { develop } = await import("./dev.ts");
    await develop(project, { ...options, engine: chosen(project, options) });
  });

filter
  .command("build")
  .description("Build the module of each engine, and say whether Envoy loads it.")
  .addOption(engineOption("only this one"))
  .action(async (options: Chosen) => {
    const project = readProject();
    const engines = options.engine ? [chosen(project, options)] : project.engines;
    await (await import("./steps.ts")).buildAndExamine(project, engines);
  });

filter
  .command("doctor")
  .description("Say whether Envoy loads the built module, and what a request costs.")
  .addOption(engineOption("whose module (default: the first in package.json)"))
  .action(async (options: Chosen) => {
    const project = readProject();
    await (await import("./steps.ts")).examine(project, chosen(project, options));
  });

filter
  .command("test")
  .description("Build the modules, and run the unit tests, and the cases on filter-host and Envoy.")
  .option("--on <proxies>", "host, envoy, or both", "host,envoy")
  .action(async ({ on }) => (await import("./steps.ts")).test(readProject(), on));

filter
  .command("pack")
  .description("Pack each built module as an image, into dist/.")
  .action(async () => (await import("./steps.ts")).pack(readProject()));

filter
  .command("push")
  .description("Push the packed images to the repository in package.json.")
  .action(async () => (await import("./steps.ts")).push(readProject()));

filter
  .command("manifest")
  .description("Print the manifest that adds the filter to a workload.")
  .addOption(engineOption("whose image (default: the first in package.json)"))
  .option("--kind <kind>", "wasmplugin or trafficextension", "wasmplugin")
  .action(async (options: Chosen & { kind: string }) => {
    const project = readProject();
    await (await import("./steps.ts")).manifest(project, chosen(project, options), options.kind);
  });

await run(filter);
