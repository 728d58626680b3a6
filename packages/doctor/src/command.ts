import { addRegistryOptions } from "@wasm-header-filter/oci";
import type { Command } from "commander";
import type { Platform } from "proxy-wasm-host";
import type { DoctorOptions } from "./doctor.ts";

/**
 * Makes a command the doctor: it examines a module, an image or a manifest.
 *
 * @param platform what the engine runs on when a module is tried
 */
export function addDoctorCommand(command: Command, platform: Platform): Command {
  return addRegistryOptions(command)
    .description("Look a module, an image or a manifest over, try it, and say whether Istio pulls and Envoy runs it.")
    .argument("<source>", "a module's file, an OCI layout's folder, DIR:TAG, oci://REFERENCE, or a manifest's file")
    .option(
      "--config <json>",
      "the plugin's configuration for the trial (default: a manifest's own, else the lab's two headers)",
    )
    .option("--envoy <version>", "which Envoy it is for (default: the newest known)")
    .option("--layout <dir>", "look for a manifest's images in this OCI layout, not in their registries")
    .option("--json", "as JSON")
    .action(async (text: string, options: DoctorOptions) => {
      // Only this command needs the engine and the rules.
      const { doctor } = await import("./doctor.ts");
      await doctor(text, options, platform);
    });
}
