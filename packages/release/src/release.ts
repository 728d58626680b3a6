import { spawnSync } from "node:child_process";
import { Failure } from "@wasm-header-filter/cli";
import {
  ensureTags,
  head,
  type ImageOptions,
  pushTags,
  refuseChanges,
  releaseImages,
} from "@wasm-header-filter/image-release";
import { formatReference } from "@wasm-header-filter/oci";
import { publish, versionSnapshot } from "./changesets.ts";
import { gateCases } from "./gate-cases.ts";
import { makePlan, planData, showPlan } from "./plan.ts";
import { isSnapshot } from "./snapshot.ts";
import { publicPackages } from "./workspace.ts";

export interface ReleaseOptions extends Omit<ImageOptions, "cases"> {
  /** Only these cases of the contract: for rehearsals. */
  readonly cases?: readonly string[] | undefined;
  /** Print the plan and stop. */
  readonly dryRun: boolean;
  /** The plan as JSON. */
  readonly json: boolean;
  /** The name of a preview. */
  readonly snapshot?: string | undefined;
  /** Whether to build first. */
  readonly build: boolean;
  /** Whether the git tags go to `origin`. */
  readonly pushTags: boolean;
}

/**
 * Releases the packages that aren't on npm yet: images first, npm last. Steps that are already done are skipped, so a run that failed or
 * was killed is completed by running it again.
 *
 * @param root the repository
 * @throws Failure in one line; what was done stays done
 */
export async function release(root: string, options: ReleaseOptions): Promise<void> {
  const { repository, log, snapshot } = options;
  const imageOptions: ImageOptions = { ...options, cases: gateCases(options.cases) };
  if (snapshot === undefined && !options.dryRun) refuseChanges(root);
  if (snapshot !== undefined && !options.dryRun) takeSnapshot(root, snapshot);
  if (options.build) build(root);
  const plan = await makePlan(root, imageOptions, snapshot);
  console.log(options.json ? JSON.stringify(planData(plan, imageOptions), undefined, 2) : showPlan(plan, imageOptions));
  if (options.dryRun) return;
  await releaseImages(root, plan.images, imageOptions);
  const env = { OCI_REPOSITORY: formatReference(repository), ...caseEnvironment(options.cases) };
  publish(root, { npmTag: plan.npmTag, gitTags: snapshot === undefined, env });
  if (snapshot === undefined) {
    ensureTags(
      root,
      publicPackages(root).map(({ manifest: { name, version } }) => `${name}@${version}`),
    );
    if (options.pushTags) pushTags(root);
  }
  log(`released ${plan.packages.length} packages and ${plan.images.length} images`);
}

/** How the hooks that npm calls learn of a rehearsal's cases. */
export const CASES = "RELEASE_GATE_CASES";

function caseEnvironment(cases: readonly string[] | undefined): Record<string, string> {
  return cases ? { [CASES]: cases.join(",") } : {};
}

/** Gives the packages a preview's versions, unless an interrupted run has done so. */
function takeSnapshot(root: string, name: string): void {
  const taken = () => publicPackages(root).some(({ manifest }) => isSnapshot(manifest.version, name));
  if (taken()) return;
  refuseChanges(root);
  versionSnapshot(root, name);
  if (!taken()) throw new Failure(`snapshot ${name}: no changesets, so nothing to preview; npx changeset adds one`);
}

function build(root: string): void {
  const args = ["run", "--silent", "build", "--", "--output-logs=errors-only"];
  // Images name their commit only here: a label that changed with every commit would change every digest, and rebuild what hasn't changed.
  const env = { ...process.env, SOURCE_REVISION: head(root) };
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: root, encoding: "utf8", env });
  if (status !== 0)
    throw new Failure(`npm run build: failed: ${`${stdout}${stderr}`.trim().split("\n").slice(-5).join(" | ")}`);
}
