import { Failure } from "@wasm-header-filter/cli";
import {
  type Case,
  chosen,
  isRed,
  loadCases,
  PROXIES,
  type Result,
  runModule,
  title,
} from "@wasm-header-filter/conformance";
import type { ReleaseImage } from "./image.ts";

let contract: readonly Case[] | undefined;

/** The cases that an image must pass: the whole contract, unless a rehearsal names some of them. */
export function gateCases(names?: readonly string[]): readonly Case[] {
  contract ??= loadCases();
  return chosen(contract, names);
}

/**
 * Tests that an image's module fulfils the contract, on filter-host and on Envoy.
 *
 * @param image its module was extracted from the image's layer
 * @param cases names of cases and topics, for rehearsals; left out, the whole contract
 * @returns every case's result
 * @throws Failure with the first case that did not pass; a case that could not run did not pass
 */
export async function gate(
  { variant, module, image }: ReleaseImage,
  cases: readonly string[] | undefined,
): Promise<Result[]> {
  const under = { bytes: module, variant: variant.variant, version: variant.version };
  const results = await runModule(under, gateCases(cases), PROXIES, () => {});
  const red = results.filter(({ outcome }) => isRed(outcome) || outcome === "skip");
  const [first] = red;
  if (!first) return results;
  const where = `${variant.name} ${variant.version}, image ${image.descriptor.digest}`;
  const why = first.outcome === "skip" ? `could not run: ${first.reason}` : (first.differences[0] ?? first.outcome);
  const more = red.length > 1 ? `, and ${red.length - 1} more` : "";
  throw new Failure(
    `${where}: fails the contract: ${title(first)} on ${first.proxy}: ${why}${more}; nothing was tagged`,
  );
}
