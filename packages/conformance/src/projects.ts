import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findVariants } from "@wasm-header-filter/oci";
import type { TestProjectInlineConfiguration } from "vitest/config";
import { contractFiles } from "./load.ts";
import type { Subject } from "./suite.ts";

const SUITE = "packages/conformance/src/conformance.suite.ts";

/**
 * The vitest projects of this repository's modules: one for each variant, and one for the SDK's examples.
 *
 * @param root the repository
 */
export function conformanceProjects(root: string): TestProjectInlineConfiguration[] {
  const variants = findVariants(root).map(({ variant, version, dist }) =>
    project(variant, [{ variant, version, module: dist.module, files: contractFiles() }]),
  );
  const sdk = join(root, "packages/proxy-wasm-as");
  const examples = globSync("examples/*/cases.yaml", { cwd: sdk })
    .sort()
    .map((file): Subject => {
      const name = basename(dirname(file));
      return { variant: "example", module: join(sdk, "dist/examples", `${name}.wasm`), files: [join(sdk, file)] };
    });
  return examples.length > 0 ? [...variants, project("examples", examples)] : variants;
}

function project(name: string, subjects: readonly Subject[]): TestProjectInlineConfiguration {
  return { test: { name, include: [SUITE], provide: { subjects } } };
}
