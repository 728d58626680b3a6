import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure, UsageError } from "@wasm-header-filter/cli";
import { findRoot, findVariants, type Variant } from "@wasm-header-filter/oci";
import { requestCosts } from "../figures/per-request.ts";
import { record } from "../figures/recorded.ts";
import { html } from "./html.ts";
import { choice, markdown } from "./markdown.ts";
import { measure } from "./measure.ts";
import { readTable, writeTable } from "./readme.ts";

interface Options {
  readonly record?: true;
  readonly readme?: true;
  readonly out: string;
  readonly variant?: string[];
}

/**
 * The `conformance-report` command: writes `variants.html`, `variants.md` and `variants.json`, and prints the Markdown. With `record` it
 * instead records beside each variant what a request costs; with `readme` it also updates the table of variants in the README.
 *
 * @throws UsageError if a variant does not exist or is not built
 * @throws Failure if the folder is not writable, or the README does not have the marks around the table
 */
export async function report({ record: recording, readme, out, variant }: Options): Promise<void> {
  const variants = builtVariants(variant);
  if (recording) {
    for (const { dir, dist } of variants) {
      const file = record(dir, requestCosts(readFileSync(dist.module)));
      console.log(relative(process.cwd(), file));
    }
    return;
  }
  const document = readme && join(findRoot(), "README.md");
  if (document) readTable(document);
  writeAll(out, {});
  const begin = performance.now();
  const seconds = () => `${((performance.now() - begin) / 1000).toFixed(0)} s`.padStart(5);
  const findings = await measure(variants, (line) => console.error(`${seconds()}  ${line}`));
  const text = markdown(findings);
  const json = `${JSON.stringify(findings, null, 2)}\n`;
  writeAll(out, { "variants.html": html(findings), "variants.md": text, "variants.json": json });
  if (document) writeTable(document, choice(findings));
  console.error(`${seconds()}  written to ${join(out, "variants.html")}, variants.md, variants.json`);
  console.log(text);
  if (findings.variants.some(({ conformance: { host, envoy } }) => host.failed + envoy.failed > 0))
    process.exitCode = 1;
}

function builtVariants(wanted: readonly string[] | undefined): Variant[] {
  const built = findVariants(findRoot(), "all").filter(({ dist }) => existsSync(dist.module));
  const names = built.map(({ variant }) => variant);
  const stranger = wanted?.find((name) => !names.includes(name));
  if (stranger !== undefined || built.length === 0) {
    throw new UsageError(`no built variant ${stranger ?? "at all"}, expected one of ${names}: run npm run build`);
  }
  return built.filter(({ variant }) => wanted?.includes(variant) ?? true);
}

/** Without files, it only checks that the folder is writable, before the long run. */
function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  } catch (error) {
    throw new Failure(`report folder ${folder}: not writable`, { cause: error });
  }
}
