import { createHash } from "node:crypto";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { type Result, title } from "@wasm-header-filter/conformance";
import { type Claim, createSbom, provenanceClaim, sbomClaim, testResultClaim } from "@wasm-header-filter/oci";
import { head } from "./git.ts";
import type { ReleaseImage } from "./image.ts";
import { readManifest } from "./workspace.ts";

/**
 * The claims about an image: its content, how it was built, and that it fulfils the contract.
 *
 * @param root the repository
 * @param name the image's repository
 * @param results what the gate found
 * @param env names the builder where it is a GitHub workflow
 * @throws Failure if the root package.json has no repository URL, or there is no lock file
 */
export function claimsOf(
  root: string,
  { variant, image, module }: ReleaseImage,
  name: string,
  results: readonly Result[],
  env: NodeJS.ProcessEnv,
): Claim[] {
  const { url } = (readManifest(join(root, "package.json")).repository ?? {}) as { url?: string };
  if (!url) throw new Failure(`${join(root, "package.json")}: no repository.url, expected the URL that git clones`);
  const { variant: short, plugin } = variant;
  const named = (wanted: boolean) =>
    results.filter(({ outcome }) => (outcome === "pass") === wanted).map((one) => `${one.proxy}: ${title(one)}`);
  const build = { variant: short, source: url, commit: head(root), builder: builder(env) };
  return [
    sbomClaim(createSbom(root, variant, image.descriptor, name)),
    provenanceClaim({ ...build, toolchain: plugin?.toolchain ?? {} }),
    testResultClaim({
      module: createHash("sha256").update(module).digest("hex"),
      passed: named(true),
      failed: [],
      excused: named(false),
    }),
  ];
}

function builder({ GITHUB_SERVER_URL, GITHUB_WORKFLOW_REF }: NodeJS.ProcessEnv): string {
  return GITHUB_SERVER_URL && GITHUB_WORKFLOW_REF
    ? `${GITHUB_SERVER_URL}/${GITHUB_WORKFLOW_REF}`
    : "urn:wasm-header-filter:built-by-hand";
}
