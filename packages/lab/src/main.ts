import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, Failure, hostPort, run, UsageError, upstreamUrl } from "@wasm-header-filter/cli";
import { findRoot, findVariants, formatReference, repositoryOption } from "@wasm-header-filter/oci";
import { Option } from "commander";
import { buildVariant } from "./build.ts";

const root = findRoot(import.meta.dirname);
const variants = findVariants(root, "all").map(({ variant }) => variant);

const address = (flags: string, what: string, usual: string) =>
  new Option(flags, what).argParser(hostPort).default(hostPort(usual), usual);

const lab = command("lab", "Run the whole lab on this machine: image, WasmPlugin, request, counter.")
  .option("--variant <name>", `which build of the filter: ${variants.join(", ")}`, "as")
  .option("--build", "build the variant, its manifests and the page first, as npm start does")
  .addOption(new Option("--proxy <name>", "the proxy that runs the filter").choices(["host", "envoy"]).default("host"))
  .option("--upstream <url>", "the workload (default: a built-in one that answers as httpbin does)", upstreamUrl)
  .option("--registry <host:port>", "push the image there and pull it from there (default: read it from its layout)")
  .addOption(address("--listen <host:port>", "where the proxy listens", "127.0.0.1:8000"))
  .addOption(address("--admin <host:port>", "where its statistics are", "127.0.0.1:15000"))
  .option("--once", "exit after the request, with the result as exit status")
  .action(async ({ variant, build, proxy, registry, upstream, listen, admin, once: only }) => {
    if (build) buildVariant(root, variant);
    const [{ runLab }, { inRegistry, labResources }, { createOutput }] = await Promise.all([
      import("./lab.ts"),
      import("./resources.ts"),
      import("./output.ts"),
    ]);
    const output = createOutput(process.stdout);
    const built = labResources(root, variant);
    const repository = registry && repositoryIn(registry, built.image.image.repository, proxy);
    await using folder = await mkdtempDisposable(join(tmpdir(), "lab-"));
    const resources = repository ? inRegistry(built, folder.path, repository) : built;
    const up = await runLab({ resources, repository, proxy, upstream, listen, admin, output });
    try {
      if (up.problems.length > 0) throw new Failure(up.problems.join("; "));
      if (only) return;
      output.line(`\nThe proxy stays up until Ctrl-C: ${up.proxy.url.origin}, page ${up.proxy.adminUrl.origin}`);
      if (proxy === "host") output.line(`It follows changes of ${resources.source}`);
      await (up.proxy.untilDrained?.() ?? Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]));
    } finally {
      await up.close();
    }
  });

function repositoryIn(registry: string, name: string, proxy: string): string {
  if (proxy !== "host") throw new UsageError("--registry: Envoy can't pull images; leave out --proxy envoy");
  return formatReference(repositoryOption(`${registry}/${name}`));
}

await run(lab);
