#!/usr/bin/env node
import { command, hostPort, namedUrl, run, upstreamUrl } from "@wasm-header-filter/cli";
import { connects } from "@wasm-header-filter/oci";
import { doctor } from "./commands/doctor.ts";
import { listed, recordLimit } from "./commands/record-options.ts";
import { serve } from "./commands/serve.ts";

const MODULE = "a file, an OCI layout's folder, or DIR:TAG";

const filterHost = command("filter-host", "Run Proxy-Wasm filters in Node as Envoy runs them.");

filterHost
  .command("serve")
  .description("Serve HTTP or TCP through a module: a reverse proxy with one filter.")
  .argument("<module>", MODULE)
  .requiredOption("--upstream <url>", "where requests go", upstreamUrl)
  .option("--listen <host:port>", "where the proxy listens (default: 127.0.0.1:8000)", hostPort)
  .option("--admin <host:port>", "where the page and the statistics are (default: 127.0.0.1:15000)", hostPort)
  .option("--config <json>", "the plugin's configuration")
  .option("--config-file <file>", "the plugin's configuration, byte for byte")
  .option("--root-id <id>", "which of the module's filters, if it has several")
  .option("--vm-config-file <file>", "the VM's configuration, byte for byte")
  .option("--cluster <name=url>", "a service that the module may call; give it once for each", namedUrl)
  .option("--fail-open", "let requests pass once the module has trapped, instead of answering 503")
  .option("--tcp", "filter TCP connections to the upstream's host and port, whatever is said on them")
  .option("--no-record", "record no requests for the admin server's page")
  .option(
    "--record-limit <limit>",
    "how much is recorded: REQUESTS, or REQUESTS,MEBIBYTES (default: 1000,32)",
    recordLimit,
  )
  .option("--redact <header>", "a header whose value is not recorded, beside authorization and cookies", listed)
  .option("--trace", "print every call between host and module")
  .action(serve);

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
