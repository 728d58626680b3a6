import { Failure } from "@wasm-header-filter/cli";
import { type Case, isRed, PROXIES, type Result, runModule, title } from "@wasm-header-filter/conformance";
import type { ReleaseImage } from "./release-image.ts";

/**
 * Tests that an image's module does what the cases say, on filter-host and on Envoy.
 *
 * @param image its module was extracted from the image's layer
 * @returns every case's result
 * @throws Failure with the first case that did not pass; a case that could not run did not pass
 */
export async function gate(
  { name, version, variant, module, image }: ReleaseImage,
  cases: readonly Case[],
): Promise<Result[]> {
  const results = await runModule({ bytes: module, variant, version }, cases, PROXIES, () => {});
  const red = results.filter(({ outcome }) => isRed(outcome) || outcome === "skip");
  const [first] = red;
  if (!first) return results;
  const where = `${name} ${version}, image ${image.descriptor.digest}`;
  const why = first.outcome === "skip" ? `could not run: ${first.reason}` : (first.differences[0] ?? first.outcome);
  const more = red.length > 1 ? `, and ${red.length - 1} more` : "";
  throw new Failure(`${where}: fails the gate: ${title(first)} on ${first.proxy}: ${why}${more}; nothing was tagged`);
}
