import { addRegistryOptions } from "@wasm-header-filter/oci";
import type { Command } from "commander";
import type { Platform } from "proxy-wasm-host";
import type { DoctorOptions } from "./doctor.ts";

/**
 * Adds the description, arguments, options and action of `doctor` to a command: it examines a module, an image or a manifest.
 *
 * @param command an empty command, such as `program.command("doctor")`
 * @param platform the platform of the engine that tries modules
 * @returns the command
 */
export function addDoctorCommand(command: Command, platform: Platform): Command {
  return addRegistryOptions(command)
    .description("Check whether Istio pulls and Envoy runs a module, an image or a manifest, and try the module.")
    .argument("<source>", "a wasm file, an OCI layout (DIR or DIR:TAG), an image (oci://REFERENCE), or a manifest file")
    .option(
      "--config <json>",
      "the plugin's configuration for the trial (default: that of the manifest, or else the header filter's example)",
    )
    .option("--envoy <version>", "the version of Envoy (default: the newest known)")
    .option("--layout <dir>", "read a manifest's images from this OCI layout instead of their registries")
    .option("--json", "print JSON")
    .action(async (text: string, options: DoctorOptions) => {
      // Only this command needs the engine and the rules.
      const { doctor } = await import("./doctor.ts");
      await doctor(text, options, platform);
    });
}
