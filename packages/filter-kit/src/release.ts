import { join } from "node:path";
import { Failure, UsageError } from "@wasm-header-filter/cli";
import { loadCases } from "@wasm-header-filter/conformance";
import {
  channelOf,
  ensureTags,
  head,
  type Planned,
  planImages,
  planLines,
  pushTags,
  type ReleaseImage,
  refuseChanges,
  refuseOtherTags,
  releaseImages,
  repositoryUrl,
} from "@wasm-header-filter/image-release";
import {
  extractModule,
  formatReference,
  openRepository,
  type Reference,
  type RegistryOptions,
  readLayout,
  type Signer,
  selectImage,
} from "@wasm-header-filter/oci";
import { ENGINE_PACKAGES, engineVersion } from "./build.ts";
import { layoutOf, repositoryOf, suffixOf, tagOf } from "./image.ts";
import { type Engine, type Project, shortName } from "./project.ts";
import { buildAndExamine, pack, runUnitTests } from "./steps.ts";

/** How filters are released. */
export interface ReleaseOptions {
  readonly registry: RegistryOptions;
  /** Signs the images and what is attested of them. */
  readonly signer?: Signer | undefined;
  /** Where images are pushed, instead of the repository in package.json. */
  readonly repository?: Reference | undefined;
  /** Print the plan, and push nothing. */
  readonly dryRun: boolean;
  /** Whether the git tags go to `origin`. */
  readonly pushTags: boolean;
}

/**
 * Releases a filter's version: builds it, tests the images, pushes them with what is attested of them, tags them, and tags the commit.
 * Steps that are already done are skipped, so a release that failed is completed by the next run. Everything but the plan is said on
 * stderr, since npm prints JSON on stdout where this is the hook of a package.
 *
 * @throws Failure in one line; what was done stays done
 */
export async function release(project: Project, options: ReleaseOptions): Promise<void> {
  const { dir, where, root, version, cases } = project;
  if (cases === undefined) throw new Failure(`${where}.cases: missing; a release is tested by its cases`);
  const repository = options.repository ?? repositoryOf(project);
  const gitTag = root === dir ? `v${version}` : `${project.name}@${version}`;
  if (!options.dryRun) refuseChanges(root);
  repositoryUrl(root);
  const earlier = await releasedFrom(project, repository, options.registry);
  if (earlier !== undefined && earlier !== head(root)) {
    console.error(`${shortName(project)} ${version} was released from commit ${earlier.slice(0, 12)}; nothing to do`);
    return;
  }
  refuseOtherTags(root, [gitTag]);
  await buildAndExamine(project, project.engines, "stderr");
  await runUnitTests(project, "stderr");
  await pack(project, "stderr");
  const how = {
    repository,
    registry: options.registry,
    signer: options.signer,
    cases: loadCases([join(dir, cases)]),
    log: (line: string) => console.error(line),
  };
  const images = await Promise.all(project.engines.map((engine) => readImage(project, engine)));
  const planned = await planImages(images, how);
  if (options.dryRun) {
    console.log(`images, in ${formatReference(repository)}\n${planLines(planned).join("\n")}\ngit tag\n  ${gitTag}`);
    return;
  }
  await releaseImages(root, planned, how);
  // A preview's commit is not a version's.
  if (channelOf(version) === "latest") ensureTags(root, [gitTag]);
  if (options.pushTags) pushTags(root);
  console.error(`released ${shortName(project)} ${version}: ${imagesOf(planned, repository)}`);
}

/**
 * The commit that the version's images were built from, if the registry has them.
 *
 * @throws Failure if it has only some of them, from another commit
 */
async function releasedFrom(project: Project, repository: Reference, registry: RegistryOptions) {
  const there = openRepository(repository, registry);
  const revisions = await Promise.all(
    project.engines.map(async (engine) => {
      const tag = tagOf(project, engine);
      if (!(await there.resolve(tag))) return undefined;
      const { bytes } = await there.manifest(tag);
      const { annotations } = JSON.parse(new TextDecoder().decode(bytes)) as { annotations?: Record<string, string> };
      return annotations?.["org.opencontainers.image.revision"];
    }),
  );
  const known = revisions.filter((revision) => revision !== undefined);
  const [first] = known;
  if (first === undefined || first === head(project.root) || known.length === revisions.length) return first;
  throw new Failure(
    `${shortName(project)} ${project.version}: only some of its images are released, from commit ${first.slice(0, 12)}; release that commit, or give the package a new version`,
  );
}

async function readImage(project: Project, engine: Engine): Promise<ReleaseImage> {
  const { dir, name, version, dependencies } = project;
  const { sdk, tool } = ENGINE_PACKAGES[engine];
  const layout = layoutOf(project, engine);
  const tag = tagOf(project, engine);
  const image = selectImage(readLayout(layout), layout, tag);
  return {
    dir,
    name,
    version,
    contents: [...new Set([...dependencies, sdk])],
    toolchain: [tool],
    toolVersions: { [tool]: engineVersion(engine, dir) },
    variant: engine,
    suffix: suffixOf(project, engine),
    tag,
    image,
    module: await extractModule(image, `${layout}:${tag}`),
  };
}

function imagesOf(planned: readonly Planned[], repository: Reference): string {
  return planned.map(({ release }) => formatReference({ ...repository, tag: release.tag })).join(", ");
}

/** @throws UsageError if an option is for one filter and there are several */
export function refuseOneRepository(projects: readonly Project[], repository: Reference | undefined): void {
  if (repository === undefined || projects.length === 1) return;
  throw new UsageError("--repository: there are several filters here; give each its own, as wasmFilter.repository");
}
