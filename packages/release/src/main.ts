import { command, run, UsageError } from "@wasm-header-filter/cli";
import {
  addRegistryOptions,
  type ConnectionOptions,
  findRoot,
  type Reference,
  readSigner,
  registryOptions,
  repositoryOption,
} from "@wasm-header-filter/oci";
import { logFailure } from "./failures.ts";
import { refuseCasesElsewhere } from "./gate-cases.ts";

interface Options extends ConnectionOptions {
  readonly repository: Reference;
  readonly dryRun?: true;
  readonly json?: true;
  readonly snapshot?: string;
  readonly build: boolean;
  readonly pushTags?: true;
  readonly key?: string;
  readonly gateCase?: string[];
}

const program = command(
  "release",
  "Release packages to npm and images to a registry. A release that failed is completed by the next run.",
);

addRegistryOptions(program.command("run", { isDefault: true }))
  .description("test and push the images, then publish to npm; run it again if it fails")
  .requiredOption(
    "--repository <name>",
    "the images' repository, such as ghcr.io/owner/wasm-header-filter",
    repositoryOption,
  )
  .option("--dry-run", "print the plan and stop")
  .option("--json", "print the plan as JSON")
  .option("--snapshot <name>", "a preview: versions 0.0.0-NAME-TIME, tags of its own, npm's dist-tag NAME")
  .option("--push-tags", "push the git tags to origin")
  .option("--no-build", "don't build first")
  .option("--key <file>", "sign the images and their attestations; its password in COSIGN_PASSWORD")
  .option("--gate-case <name...>", "test only these cases, for rehearsals with a registry on this machine")
  .action(async ({ gateCase: cases, ...options }: Options) => {
    const { snapshot } = options;
    if (snapshot !== undefined && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(snapshot)) {
      throw new UsageError(`--snapshot ${snapshot}: expected lower-case letters, digits and single -, like pr-7`);
    }
    refuseCasesElsewhere(options.repository, cases);
    const say = (line: string) => console.log(line);
    const { COSIGN_KEY, COSIGN_PASSWORD } = process.env;
    const key = options.key ?? COSIGN_KEY;
    const signer = key ? readSigner(key, COSIGN_PASSWORD) : undefined;
    const registry = await registryOptions(options);
    const { release } = await import("./release.ts");
    const { dryRun = false, json = false, pushTags = false } = options;
    await release(findRoot(), {
      ...options,
      cases,
      registry,
      signer,
      dryRun,
      json,
      pushTags,
      log: json ? console.error : say,
    });
  });

program
  .command("assemble")
  .description("write publish/NAME for every public package: the folder that npm publishes")
  .action(async () => {
    const { assemble } = await import("./assemble.ts");
    await assemble(findRoot());
  });

program
  .command("prepublish")
  .description("the hook that npm runs in each folder of publish/ before publishing it")
  .option("--log <file>", "where to write the reason if it fails")
  .action(async ({ log }: { log?: string }) => {
    const { prepublish } = await import("./prepublish.ts");
    await logFailure(log, () => prepublish(process.cwd(), process.env));
  });

await run(program);
