#!/usr/bin/env node
import { command, run, upstreamUrl } from "@wasm-header-filter/cli";
import { connects } from "@wasm-header-filter/oci";
import { Option } from "commander";
import { applies, apply } from "./commands/apply.ts";
import { doctor } from "./commands/doctor.ts";
import { proxies } from "./commands/proxy.ts";
import { record } from "./commands/record.ts";
import { count } from "./commands/record-options.ts";
import { serve } from "./commands/serve.ts";

const MODULE = "a file, an OCI layout's folder, DIR:TAG, or oci://REGISTRY/NAME:TAG";

const filterHost = command("filter-host", "Run Proxy-Wasm filters in Node as Envoy runs them.");

proxies(filterHost.command("serve"))
  .description("Serve HTTP or TCP through a module: a reverse proxy with one filter.")
  .argument("<module>", MODULE)
  .option("--config <json>", "the plugin's configuration")
  .option("--config-file <file>", "the plugin's configuration, byte for byte")
  .option("--root-id <id>", "which of the module's filters, if it has several")
  .option("--vm-config-file <file>", "the VM's configuration, byte for byte")
  .addOption(
    new Option(
      "--fail-policy <policy>",
      "once the module has trapped: 503, pass without it, or a new VM after a second",
    )
      .choices(["close", "open", "reload"])
      .conflicts("failOpen"),
  )
  .option("--fail-open", "short for --fail-policy open")
  .action(serve);

applies(filterHost.command("apply"))
  .description("Do as kubectl apply does without a cluster: run the plugins that manifests have for a workload.")
  .action(apply);

filterHost
  .command("record")
  .description("Write what a running host has recorded as one page that needs no server.")
  .requiredOption("--out <file>", "where to: a page, or a recording if its name ends in .json")
  .option("--admin <url>", "the admin server of the host", upstreamUrl, upstreamUrl("http://127.0.0.1:15000"))
  .option("--from <file>", "take this recording, as the page exports it, instead of asking a host")
  .option("--requests <n>", "wait for so many requests more", count)
  .option("--seconds <n>", "wait so long", count)
  .action(record);

connects(filterHost.command("doctor"))
  .description("Look a module, an image or a manifest over, try it, and say whether Istio pulls and Envoy runs it.")
  .argument("<source>", "a module's file, an OCI layout's folder, DIR:TAG, oci://REFERENCE, or a manifest's file")
  .option(
    "--config <json>",
    "the plugin's configuration for the trial (default: a manifest's own, else the lab's two headers)",
  )
  .option("--envoy <version>", "which Envoy it is for (default: the newest known)")
  .option("--layout <dir>", "look for a manifest's images in this OCI layout, not in their registries")
  .option("--json", "as JSON")
  .action(doctor);

await run(filterHost);
