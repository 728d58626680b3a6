import { command, run } from "@wasm-header-filter/cli";
import { addDoctorCommand } from "@wasm-header-filter/doctor/command";
import { addRecordCommand } from "@wasm-header-filter/flight-recorder/command";
import { Option } from "commander";
import { addApplyOptions, apply } from "./commands/apply.ts";
import { addProxyOptions } from "./commands/proxy.ts";

const MODULE = "a file, an OCI layout's folder, DIR:TAG, or oci://REGISTRY/NAME:TAG";

const filterHost = command("filter-host", "Run Proxy-Wasm filters in Node as Envoy runs them.");

addProxyOptions(filterHost.command("serve"))
  .description("Serve HTTP or TCP through a module: a reverse proxy with one filter.")
  .argument("<module>", MODULE)
  .option("--config <json>", "the plugin's configuration")
  .option("--config-file <file>", "the plugin's configuration, byte for byte")
  .option("--root-id <id>", "which of the module's filters, if it has several")
  .option("--vm-config-file <file>", "the VM's configuration, byte for byte")
  .addOption(
    new Option(
      "--fail-policy <policy>",
      "once the module has trapped: 503, pass without it (legacy-open: the request that traps, too), or a new VM after a second",
    )
      .choices(["close", "open", "legacy-open", "reload"])
      .conflicts("failOpen"),
  )
  .option("--fail-open", "short for --fail-policy open")
  .action(async (module, options) => (await import("./commands/serve.ts")).serve(module, options));

addApplyOptions(filterHost.command("apply"))
  .description("Do as kubectl apply does without a cluster: run the plugins that manifests have for a workload.")
  .action(apply);

addRecordCommand(filterHost.command("record"));
addDoctorCommand(filterHost.command("doctor"), async () => (await import("./platform/trial-host.ts")).TRIAL_HOST);

await run(filterHost);
