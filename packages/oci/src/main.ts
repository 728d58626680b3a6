import { command, palette, run } from "@wasm-header-filter/cli";
import { addRegistryOptions, type ConnectionOptions, registryOptions } from "./commands/connection.ts";
import { inspectSource } from "./commands/inspect.ts";
import { addPackCommand } from "./commands/pack.ts";
import { withProgress } from "./commands/progress.ts";
import { pull } from "./commands/pull.ts";
import { type Located, push } from "./commands/push.ts";
import { addTrustCommands } from "./commands/trust.ts";
import { describe } from "./inspect.ts";
import { imageArgument } from "./reference.ts";
import type { RegistryOptions } from "./registry/options.ts";
import { openRepository } from "./registry/repository.ts";

const oci = command("oci", "Pack, push, pull and inspect Proxy-Wasm modules as the OCI images that Istio pulls.");

addPackCommand(oci);

addRegistryOptions(
  oci
    .command("push")
    .description("Push an image to a registry.")
    .argument("<layout>", "the layout's folder, or the folder of a package that was built")
    .argument("<image>", "REGISTRY/NAME[:TAG], by default with the layout's tag", imageArgument)
    .option("--mount-from <image>", "a repository of the same registry that may have the blobs already", imageArgument)
    .option("--json", "as JSON"),
).action(async (layout, reference, { mountFrom, json, ...options }) => {
  await transfer(options, json, (connected) => push(layout, reference, mountFrom, connected));
});

addRegistryOptions(
  oci
    .command("pull")
    .description("Pull an image from a registry into an OCI image layout, and check every blob.")
    .argument("<image>", "REGISTRY/NAME[:TAG][@DIGEST]", imageArgument)
    .option("-o, --output <dir>", "the layout's folder", "oci")
    .option("--json", "as JSON"),
).action(async (reference, { output, json, ...options }) => {
  await transfer(options, json, (connected) => pull(reference, output, connected));
});

addRegistryOptions(
  oci
    .command("tags")
    .description("List the tags of a repository.")
    .argument("<image>", "REGISTRY/NAME", imageArgument)
    .option("--json", "as JSON"),
).action(async (reference, { json, ...options }) => {
  const tags = await openRepository(reference, await registryOptions(options)).tags();
  if (json) console.log(JSON.stringify(tags, null, 2));
  else for (const tag of tags) console.log(tag);
});

addRegistryOptions(
  oci
    .command("inspect")
    .description("Print the content of an image, and check every blob.")
    .argument("<image>", "REGISTRY/NAME[:TAG][@DIGEST], or an OCI image layout's folder such as dist/oci")
    .option("--json", "as JSON"),
).action(async (source, { json, ...options }) => {
  const images = await inspectSource(source, () => registryOptions(options));
  console.log(json ? JSON.stringify(images, null, 2) : images.map(describe).join("\n"));
});

addTrustCommands(oci);

await run(oci);

/** Pushes or pulls an image with its progress on stderr, and prints its name and digest. */
async function transfer(
  options: ConnectionOptions,
  json: boolean | undefined,
  action: (options: RegistryOptions) => Promise<Located>,
): Promise<void> {
  const connected = await registryOptions(options);
  const located = await withProgress(process.stderr, (progress) => action({ ...connected, progress }));
  const { bold, dim } = palette(process.stdout);
  console.log(json ? JSON.stringify(located, null, 2) : `${bold(located.image)}\n${dim(located.digest)}`);
}
