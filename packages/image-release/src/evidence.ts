import { createHash } from "node:crypto";
import { type Result, title } from "@wasm-header-filter/conformance";
import { type Claim, createSbom, provenanceClaim, sbomClaim, testResultClaim } from "@wasm-header-filter/oci";
import { head, repositoryUrl } from "./git.ts";
import type { ReleaseImage } from "./release-image.ts";

/**
 * The claims about an image: its content, how it was built, and that it fulfils the contract.
 *
 * @param root the repository
 * @param repository the image's
 * @param results what the gate found
 * @param env names the builder where it is a GitHub workflow
 * @throws Failure if neither package.json nor git says where the repository is, or there is no lock file
 */
export function claimsOf(
  root: string,
  release: ReleaseImage,
  repository: string,
  results: readonly Result[],
  env: NodeJS.ProcessEnv,
): Claim[] {
  const { variant, image, module, tag, toolVersions: toolchain } = release;
  const { descriptor } = image;
  const named = (wanted: boolean) =>
    results.filter(({ outcome }) => (outcome === "pass") === wanted).map((one) => `${one.proxy}: ${title(one)}`);
  const build = { variant, source: repositoryUrl(root), commit: head(root), builder: builder(env) };
  return [
    sbomClaim(createSbom(root, release, { descriptor, repository, tag })),
    provenanceClaim({ ...build, toolchain }),
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
