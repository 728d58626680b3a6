import { namedUrl } from "@wasm-header-filter/cli";
import { addRegistryOptions } from "@wasm-header-filter/oci";
import type { Command } from "commander";
import type { DoctorOptions } from "./doctor.ts";

const collected = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/**
 * Adds the description, arguments, options and action of `doctor` to a command: it examines a module, an image or a manifest.
 *
 * @param command an empty command, such as `program.command("doctor")`
 * @param host loads the URL of a program that exports a `TrialHost` as `trialHost`; left out, modules are tried without call-outs
 * @returns the command
 */
export function addDoctorCommand(command: Command, host?: () => Promise<URL>): Command {
  return addRegistryOptions(command)
    .description("Check whether Istio pulls and Envoy runs a module, an image or a manifest, and try the module.")
    .argument(
      "<source>",
      "a wasm file or file:// URL, an OCI layout (DIR or DIR:TAG), an image (oci://REFERENCE), or a manifest file",
    )
    .option("--config <json>", "the plugin's configuration for the trial (default: that of the manifest, or none)")
    .option("--config-file <file>", "the same from a file")
    .option("--root-id <id>", "the plugin's root id for the trial (default: that of the manifest, or none)")
    .option("--cluster <name=url>", "a service that the module may call; give it once for each", namedUrl)
    .option(
      "--request <request>",
      'a request of the trial, "METHOD PATH" or JSON with method, path, headers and body; give it once for each',
      collected,
    )
    .option("--envoy <version>", "the version of Envoy (default: the newest known)")
    .option("--layout <dir>", "read a manifest's images from this OCI layout instead of their registries")
    .option("--json", "print JSON")
    .action(async (text: string, options: DoctorOptions) => {
      // Only this command needs the engine and the rules.
      const { doctor } = await import("./doctor.ts");
      await doctor(text, options, await host?.());
    });
}
