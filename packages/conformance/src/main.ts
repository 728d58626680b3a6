import { command, run } from "@wasm-header-filter/cli";

// A regular exit removes the temporary files. Child processes end with this one in any case.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));

await run(
  command(
    "conformance",
    "Run the header filter's contract, case by case, against a module on filter-host and on real Envoy.",
  )
    .argument(
      "[module]",
      "a file, an OCI layout's folder, DIR:TAG, or oci://REGISTRY/NAME:TAG (default: every built variant)",
    )
    .option("--on <proxies>", "host, envoy, or both", "host,envoy")
    .option("--case <name...>", "only these: NAME, TOPIC, or TOPIC/NAME")
    .option("--cases <file...>", "other case files than the contract's")
    .option("--variant <name>", "what the module calls itself (default: what it announces)")
    .option("--module-version <version>", "the version it announces (default: what it announces)")
    .option("--report <dir>", "write conformance.json and conformance.junit.xml there")
    .option("--log <dir>", "write there what each proxy logs, with every call between host and module")
    .option("--json", "print the results as JSON instead of the matrix")
    .action(async (module, options) => (await import("./command.ts")).conformance(module, options)),
);
