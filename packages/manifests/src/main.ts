#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, keyValue, run } from "@wasm-header-filter/cli";
import { findRoot, findVariants, imageTag, place } from "@wasm-header-filter/oci";
import { Option } from "commander";
import { httpbin } from "./httpbin.ts";
import { kustomization } from "./kustomization.ts";
import { lab } from "./lab.ts";
import { nameOption, namespaceOption, repositoryOption, versionOption } from "./options.ts";
import { builtDigest, selectVariant } from "./variant.ts";
import { wasmPlugin } from "./wasm-plugin.ts";
import { toYaml } from "./yaml.ts";

const manifests = command("manifests", "Write the manifests that put a variant of the filter in front of a workload.")
  .requiredOption("--variant <name>", "the variant, such as as")
  .requiredOption("--repository <reg/name>", "where the image is pushed, such as localhost:5000/name", repositoryOption)
  .option("--version <version>", "the image's version (default: the variant's own)", versionOption)
  .option("--digest", "pin the digest of the image in the variant's dist/oci")
  .addOption(new Option("--kind <kind>", "the resource").choices(["wasmplugin"]).default("wasmplugin"))
  .option("--set <name=value>", "a header to add, instead of the lab's; may be given again", keyValue)
  .option("--name <name>", "the resource's name", nameOption, lab.plugin)
  .option("--namespace <namespace>", "where it goes", namespaceOption, lab.namespace)
  .option("-o, --output <dir>", "write plugin.yaml, httpbin.yaml and kustomization.yaml there, not to stdout")
  .action(async (options) => {
    const { repository, name, namespace, output, set: pluginConfig = lab.headers } = options;
    const variant = selectVariant(findVariants(findRoot(), "all"), options.variant);
    const version: string = options.version ?? variant.version;
    const digest = options.digest ? builtDigest(variant, version) : undefined;
    const tag = imageTag(version, variant.variant);
    const plugin = toYaml([wasmPlugin({ name, namespace, repository, tag, digest, pluginConfig })]);
    if (output === undefined) {
      process.stdout.write(plugin);
      return;
    }
    const resources = ["httpbin.yaml", "plugin.yaml"];
    await place(output, [...resources, "kustomization.yaml"], (staging) => {
      writeFileSync(join(staging, "httpbin.yaml"), toYaml(httpbin()));
      writeFileSync(join(staging, "plugin.yaml"), plugin);
      writeFileSync(join(staging, "kustomization.yaml"), toYaml([kustomization(namespace, resources)]));
    });
  });

await run(manifests);
