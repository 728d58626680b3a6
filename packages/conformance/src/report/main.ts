import { command, run } from "@wasm-header-filter/cli";

// Ending in order removes what is temporary; what was started ends with this process in any case.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));

await run(
  command("conformance-report", "Compare the built variants: conformance, sizes, memory, and what a request costs.")
    .option("--out <dir>", "where variants.html, variants.md and variants.json go", "reports")
    .option("--variant <name...>", "only these")
    .option("--readme", "also put the tables of variants into the README")
    .option("--check", "count a request's CPU instructions in Envoy, and fail where figures.json has 1 % less")
    .option(
      "--peers [module...]",
      "count the example ext-authz and the same filter with Rust's SDK, and write that down; NAME=FILE counts another module, too",
    )
    .option("--record", "write what a request costs down beside each variant (figures.json), and nothing else")
    .action(async (options) => (await import("./command.ts")).report(options)),
);
