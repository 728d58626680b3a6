import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findRoot } from "@wasm-header-filter/oci";
import { expect, test } from "vitest";

const root = findRoot(import.meta.dirname);

/** Commands that are not run here: they don't end, need tools that may be missing, or are run by another test. */
const ELSEWHERE: [RegExp, string][] = [
  [/^npm start/, "lab.test.ts runs it"],
  [/^npm test$|^npm run check$|^npx vitest/, "CI runs it"],
  [/^npm run (build|test):all|^npm run report -- --check$/, "CI runs it"],
  [/^npx conformance-fuzz |^FUZZ_/, "CI runs it"],
  [/^npm run screenshots$/, "changes the tree; needs Chromium"],
  [/^npm run fix$|^npx changeset$|^RECORD=1 /, "changes the tree"],
  [/^skopeo |^npx oci push |^oci verify |^cosign /, "needs a registry"],
  [/^kubectl /, "needs a cluster"],
];

/** A command, and the document that shows it. */
interface Shown {
  readonly document: string;
  readonly line: string;
}

/** The commands in the documents' `sh` blocks, without comments; a line that ends in a backslash continues on the next. */
const shown: Shown[] = globSync(["*.md", "docs/*.md", "packages/*/*.md", "packages/*/examples/*/*.md"], { cwd: root })
  .filter((document) => !document.endsWith("CHANGELOG.md"))
  .sort()
  .flatMap((document) =>
    [...readFileSync(join(root, document), "utf8").matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
      block
        .replace(/\\\n\s*/g, "")
        .split("\n")
        .map((line) => line.replace(/(^|\s+)# .*$/, "").trim())
        .filter((line) => line !== "")
        .map((line) => ({ document, line })),
    ),
  );

const run = shown.filter(({ line }) => !ELSEWHERE.some(([pattern]) => pattern.test(line)));

test("documents show commands", () => expect(shown.length).toBeGreaterThan(5));

test.for(run)("$document: $line", async ({ document, line }, { signal }) => {
  await promisify(execFile)("bash", ["-c", line], {
    cwd: join(root, document.startsWith("packages/") ? dirname(document) : ""),
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` },
    signal,
  });
});
