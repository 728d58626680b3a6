import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { readPeers, recordPeers } from "../figures/peers.ts";
import { readRecorded } from "../figures/recorded.ts";
import { builtVariants } from "./built.ts";
import { checkBudgets } from "./check.ts";
import { costTable } from "./costs.ts";
import { html } from "./html.ts";
import { choice, markdown } from "./markdown.ts";
import { measure } from "./measure.ts";
import { PEERS_DOCUMENT, peerTable } from "./peers.ts";
import { readTable, writeTable } from "./readme.ts";
import { recordVariants } from "./record.ts";

interface Options {
  readonly record?: true;
  readonly check?: true;
  readonly readme?: true;
  /** With the modules of other SDKs, as `NAME=FILE`. */
  readonly peers?: true | string[];
  readonly out: string;
  readonly variant?: string[];
}

/**
 * The `conformance-report` command: writes `variants.html`, `variants.md` and `variants.json`, and prints the Markdown. With `record` it
 * writes down what a request costs, beside each variant, instead; with `check` it compares the CPU instructions in Envoy with what is
 * written down; with `readme` it puts the tables of variants into the README, too; with `peers` it counts the same filter with other SDKs.
 *
 * @throws UsageError if a variant isn't built or isn't there
 * @throws Failure if the folder can't be written to, the README hasn't the marks that the tables stand between, or in CI if there is nothing
 *   to compare
 */
export async function report({ record, check, readme, peers, out, variant }: Options): Promise<void> {
  const root = findRoot();
  const begin = performance.now();
  const seconds = () => `${((performance.now() - begin) / 1000).toFixed(0)} s`.padStart(5);
  const tell = (line: string) => console.error(`${seconds()}  ${line}`);
  if (check) {
    const checked = variant ? builtVariants(root, variant) : findVariants(root, "all");
    if (!(await checkBudgets(checked, console.log, tell))) process.exitCode = 1;
    return;
  }
  if (peers) {
    console.log(await recordPeers(root, peers === true ? [] : peers, tell));
    writeTable(join(root, PEERS_DOCUMENT), "peers", peerTable(readPeers(root)));
    return;
  }
  const variants = builtVariants(root, variant);
  if (record) {
    for (const file of await recordVariants(variants, tell)) console.log(file);
    return;
  }
  const document = readme && join(root, "README.md");
  const costs = document && readTable(document, "costs");
  if (document) readTable(document, "variants");
  writeAll(out, {});
  const findings = { ...(await measure(variants, tell)), peers: readPeers(root) };
  const text = markdown(findings);
  const json = `${JSON.stringify(findings, null, 2)}\n`;
  writeAll(out, { "variants.html": html(findings), "variants.md": text, "variants.json": json });
  if (document) {
    const rows = findings.variants.map(({ variant, description, size }) => {
      const dir = variants.find((one) => one.variant === variant)?.dir ?? "";
      return { variant, description, recorded: readRecorded(dir), size: size.raw };
    });
    writeTable(document, "costs", costTable(costs ?? "", rows));
    writeTable(document, "variants", choice(findings));
  }
  tell(`written to ${join(out, "variants.html")}, variants.md, variants.json`);
  console.log(text);
  if (findings.variants.some(({ conformance: { host, envoy } }) => host.failed + envoy.failed > 0))
    process.exitCode = 1;
}

/** Also with no files: a folder that can't be written to is to be known before the long run. */
function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  } catch (error) {
    throw new Failure(`report folder ${folder}: not writable`, { cause: error });
  }
}
