#!/usr/bin/env node
import { once } from "node:events";
import { command, Failure, hostPort, run, upstreamUrl } from "@wasm-header-filter/cli";
import { findRoot } from "@wasm-header-filter/oci";
import { Option } from "commander";
import { runLab } from "./lab.ts";
import { labResources } from "./resources.ts";
import { storyteller } from "./story.ts";

const lab = command("lab", "Run the whole lab on this machine: image, WasmPlugin, request, counter.")
  .option("--variant <name>", "which build of the filter", "as")
  .addOption(new Option("--proxy <name>", "what runs the filter").choices(["host", "envoy"]).default("host"))
  .option("--upstream <url>", "the workload (default: a built-in one that answers as httpbin does)", upstreamUrl)
  .option("--listen <host:port>", "where the proxy listens", hostPort, hostPort("127.0.0.1:8000"))
  .option("--admin <host:port>", "where its statistics are", hostPort, hostPort("127.0.0.1:15000"))
  .option("--once", "end after the request, with the result as exit status")
  .action(async ({ variant, proxy, upstream, listen, admin, once: only }) => {
    const story = storyteller(process.stdout);
    const resources = await labResources(findRoot(import.meta.dirname), variant);
    const up = await runLab({ resources, proxy, upstream, listen, admin, story });
    try {
      if (up.complaints.length > 0) throw new Failure(up.complaints.join("; "));
      if (only) return;
      story.say(`\nThe proxy stays up until Ctrl-C: ${up.proxy.url.origin}, page ${up.proxy.adminUrl.origin}`);
      await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    } finally {
      await up.close();
    }
  });

await run(lab);
