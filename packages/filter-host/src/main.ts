#!/usr/bin/env node
import { command, run } from "@wasm-header-filter/cli";
import { doctor } from "./commands/doctor.ts";

const filterHost = command("filter-host", "Run Proxy-Wasm filters in Node as Envoy runs them.");

filterHost
  .command("doctor")
  .description("Look a module over, try it, and say whether Envoy would load and run it.")
  .argument("<module>", "a file, an OCI layout's folder, or DIR:TAG")
  .option("--config <json>", "the plugin's configuration for the trial (default: the lab's two headers)")
  .option("--json", "as JSON")
  .action(doctor);

await run(filterHost);
