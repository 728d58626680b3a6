import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findVariants, type Variant } from "@wasm-header-filter/oci";
import type { TestProjectInlineConfiguration } from "vitest/config";
import { contractFiles } from "./cases/load.ts";
import type { Subject } from "./run/suite.ts";
import { DIFFERENCES } from "./traces/differences.ts";

const SUITE = "packages/conformance/src/run/conformance.suite.ts";
const TRACES = "packages/conformance/src/traces/traces.suite.ts";
const DIFFERENTIAL = "packages/conformance/src/differential/differential.suite.ts";
const EXCHANGES = "packages/conformance/src/exchanges/exchanges.suite.ts";
const ROUTER = "packages/conformance/src/router/router.suite.ts";
const FIGURES = "packages/conformance/src/figures/figures.suite.ts";

/**
 * The vitest projects of this repository's modules: one for each variant, one that compares the variants' host calls, one that checks
 * what a request costs, one that compares raw exchanges with Envoy's, one that compares what the proxies do with requests besides their
 * filters, and one for each set of examples that was built.
 *
 * @param root the repository
 * @param which "all" includes the variants that are built on demand, what {@link Subject.quick} leaves out,
 *   and the contract's and the examples' cases in the comparison with Envoy
 */
export function conformanceProjects(
  root: string,
  which: "default" | "all" = "default",
): TestProjectInlineConfiguration[] {
  const variants = findVariants(root, which);
  const subjects = variants.map(({ dir, variant, version, contents, dist }) => ({
    variant,
    version,
    module: dist.module,
    files: contractFiles(),
    ...(which === "default" && { quick: true }),
    differences: [dir, ...contents.map((name) => join(root, "node_modules", name))]
      .map((folder) => join(folder, DIFFERENCES))
      .filter((file) => existsSync(file)),
  }));
  const contract = subjects.map((subject) => project(subject.variant, [subject]));
  const traces = subjects.length > 1 ? [project("traces", subjects, TRACES)] : [];
  const figures = subjects.length > 0 ? [project("figures", subjects, FIGURES)] : [];
  const withExamples = globSync("packages/*/examples", { cwd: root })
    .sort()
    .map((path) => dirname(join(root, path)));
  const tracedExamples = withExamples.flatMap((dir) =>
    ownExamples(dir).length > 0 ? [] : builtExamples(dir, variants),
  );
  const exampleTraces = tracedExamples.length > 0 ? [project("traces-examples", tracedExamples, TRACES)] : [];
  const exampleProjects = withExamples.flatMap((dir) => examplesOf(dir, variants));
  // The variants are compared with each other by their traces, so that one of them is enough for the comparison with Envoy; these cases
  // have been carried out on both proxies already.
  const compared = which === "all" ? [...subjects.slice(0, 1), ...withExamples.flatMap(ownExamples)] : [];
  const differential = subjects.length > 0 ? [project("differential", compared, DIFFERENTIAL)] : [];
  const exchanges = project("exchanges", [], EXCHANGES);
  const router = project("router", [], ROUTER);
  return [...contract, ...traces, ...figures, ...differential, exchanges, router, ...exampleTraces, ...exampleProjects];
}

/**
 * The examples of a package: built by the package itself, or, for filters in plain TypeScript, by each variant that depends on it. Variants
 * that are built on demand are left out: each example would take as long to build as the filter.
 */
function examplesOf(dir: string, variants: readonly Variant[]): TestProjectInlineConfiguration[] {
  const own = ownExamples(dir);
  if (own.length > 0) return [project("examples", own)];
  return Object.entries(Object.groupBy(builtExamples(dir, variants), ({ variant }) => variant)).map(
    ([variant, subjects = []]) => project(`examples-${variant}`, subjects),
  );
}

/** The examples of a package that variants build. */
function builtExamples(dir: string, variants: readonly Variant[]): Subject[] {
  const { name } = manifest(dir);
  return variants
    .filter(({ dir, onDemand }) => !onDemand && manifest(dir).dependencies?.[name])
    .flatMap(({ variant, dist }) => examples(dir, variant, join(dirname(dist.module), "examples")));
}

/** The examples that a package builds by itself. */
function ownExamples(dir: string): Subject[] {
  return manifest(dir).scripts?.build ? examples(dir, "example", join(dir, "dist/examples")) : [];
}

function examples(dir: string, variant: string, built: string): Subject[] {
  return globSync("examples/*/cases.yaml", { cwd: dir })
    .sort()
    .map((file) => {
      const module = join(built, `${basename(dirname(file))}.wasm`);
      return { variant, module, files: [join(dir, file)] };
    });
}

function manifest(dir: string): { name: string; scripts?: { build?: string }; dependencies?: Record<string, string> } {
  const { name, scripts, dependencies, devDependencies } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  return { name, scripts, dependencies: { ...dependencies, ...devDependencies } };
}

function project(name: string, subjects: readonly Subject[], suite = SUITE): TestProjectInlineConfiguration {
  return { test: { name, include: [suite], provide: { subjects } } };
}
