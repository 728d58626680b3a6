import { type Claim, PREDICATE_TYPES } from "./statement.ts";

/** Which build made an image. */
export interface Build {
  /** The variant's name, such as `as`. */
  readonly variant: string;
  /** Where the sources are: a URL that git clones. */
  readonly source: string;
  /** The commit, in hexadecimal digits. */
  readonly commit: string;
  /** A URI that names who ran the build: the CI workflow, or a person's machine. */
  readonly builder: string;
  /** Version by package name. */
  readonly toolchain: Readonly<Record<string, string>>;
}

/** The outcome of the conformance suite on one image's module. */
export interface TestRun {
  /** The sha256 of the module that was tested, in hexadecimal digits. */
  readonly module: string;
  /** Each test's name, such as `envoy: adds the configured headers`. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Known differences, and tests that could not run there. */
  readonly excused: readonly string[];
}

/** An SBOM as a claim. */
export function sbomClaim(predicate: object): Claim {
  return { name: "sbom", predicateType: PREDICATE_TYPES.sbom, predicate };
}

/** How an image was built (slsa.dev/spec/v1.0/provenance). It holds no time, so that another build gives the same claim. */
export function provenanceClaim({ variant, source, commit, builder, toolchain }: Build): Claim {
  const git = `git+${source.replace(/^git\+/, "")}`;
  const tools = Object.entries(toolchain).map(([name, version]) => ({
    uri: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  }));
  return {
    name: "provenance",
    predicateType: PREDICATE_TYPES.provenance,
    predicate: {
      buildDefinition: {
        buildType: `${source.replace(/^git\+/, "").replace(/\.git$/, "")}#npm-run-build`,
        externalParameters: { variant, source: `${git}@${commit}` },
        resolvedDependencies: [{ uri: git, digest: { gitCommit: commit } }, ...tools],
      },
      runDetails: { builder: { id: builder } },
    },
  };
}

/** What the conformance suite found (in-toto/attestation spec/predicates/test-result.md). */
export function testResultClaim({ module, passed, failed, excused }: TestRun): Claim {
  return {
    name: "test-result",
    predicateType: PREDICATE_TYPES["test-result"],
    predicate: {
      result: failed.length > 0 ? "FAILED" : "PASSED",
      configuration: [{ name: "plugin.wasm", digest: { sha256: module } }],
      passedTests: passed,
      warnedTests: excused,
      failedTests: failed,
    },
  };
}
