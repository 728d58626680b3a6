import { command, count, run } from "@wasm-header-filter/cli";
import { FUZZERS } from "./fuzzers.ts";

// What was started ends with this process in any case.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));

await run(
  command("conformance-fuzz", "Send filter-host random input, and report what it does not survive.")
    .argument("<fuzzer>", `what to send: ${Object.keys(FUZZERS).join(", ")}`)
    .option("--seconds <n>", "how long", count, 60)
    .option("--seed <n>", "the first input's; the next ones count up from it (default: the time)", count)
    .option("--out <dir>", "where finds are written", "reports/fuzz")
    .action(async (fuzzer, options) => (await import("./command.ts")).fuzz(fuzzer, options)),
);
// Node 24 may never end by itself: it waits for handles of sockets that were reset.
process.exit();
