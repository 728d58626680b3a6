#!/usr/bin/env node
import { command, palette, run } from "@wasm-header-filter/cli";
import { Option } from "commander";
import { connectionOptions } from "./commands/connection.ts";
import { pull } from "./commands/pull.ts";
import { push } from "./commands/push.ts";
import { formats } from "./formats.ts";
import { describe, inspect } from "./inspect.ts";
import { pack } from "./pack.ts";
import { imageArgument, parseReference, repositoryOption } from "./reference.ts";
import { bytes } from "./units.ts";

const oci = command("oci", "Pack Proxy-Wasm modules as the OCI images that Istio pulls.");

oci
  .command("pack")
  .description("Pack the module of the variant package in the working directory.")
  .argument("[wasm]", "the module", "build/plugin.wasm")
  .option("-o, --output <dir>", "where plugin.wasm, oci/ and plugin.json go", "dist")
  .addOption(new Option("--format <format>", "the image's format").choices(formats).default("compat"))
  .addOption(
    new Option("--repository <name>", "the image's repository, as shown and as plugin.json says")
      .argParser(repositoryOption)
      .default(parseReference("wasm-header-filter"), "wasm-header-filter"),
  )
  .action(async (module, { output, format, repository }) => {
    const sourceDateEpoch = process.env.SOURCE_DATE_EPOCH;
    const { image, module: file } = await pack({ dir: ".", module, output, format, repository, sourceDateEpoch });
    const { bold, dim } = palette(process.stdout);
    const sizes = `${bytes(image.size)} (plugin.wasm ${bytes(file.size)}, gzip ${bytes(file.gzip)})`;
    console.log(`${bold(`${image.repository}:${image.tag}`)} ${sizes}\n${dim(`${image.digest} ${image.format}`)}`);
  });

oci
  .command("inspect")
  .description("Print what is in an OCI image layout, having checked every blob.")
  .argument("<layout>", "the layout's folder, such as dist/oci")
  .option("--json", "as JSON")
  .action(async (layout, { json }) => {
    const images = await inspect(layout);
    console.log(json ? JSON.stringify(images, null, 2) : images.map(describe).join("\n"));
  });

const pushes = oci
  .command("push")
  .description("Push an image to a registry.")
  .argument("<layout>", "the layout's folder, or a package's that was built")
  .argument("<image>", "REGISTRY/NAME[:TAG], by default with the layout's tag", imageArgument)
  .option("--json", "as JSON")
  .action(async (layout, reference, { json, ...options }) => {
    const pushed = await push(layout, reference, options);
    console.log(json ? JSON.stringify(pushed, null, 2) : `${pushed.image}\n${pushed.digest}`);
  });

const pulls = oci
  .command("pull")
  .description("Pull an image from a registry into an OCI image layout.")
  .argument("<image>", "REGISTRY/NAME[:TAG][@DIGEST]", imageArgument)
  .option("-o, --output <dir>", "the layout's folder", "oci")
  .option("--json", "as JSON")
  .action(async (reference, { output, json, ...options }) => {
    const pulled = await pull(reference, output, options);
    console.log(json ? JSON.stringify(pulled, null, 2) : `${pulled.image}\n${pulled.digest}`);
  });

for (const option of connectionOptions) for (const command of [pushes, pulls]) command.addOption(option);

await run(oci);
