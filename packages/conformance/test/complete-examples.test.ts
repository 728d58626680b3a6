import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import { conformanceProjects } from "../src/projects.ts";
import type { Subject } from "../src/run/suite.ts";

/** The examples that are filters to start from, and not only tests. */
const COMPLETE = [
  "ab-router",
  "ext-authz",
  "grpc-ext-authz",
  "jwt",
  "rate-limit",
  "redact",
  "tcp-passphrase",
  "traceparent",
];

const root = findRoot(import.meta.dirname);
const examples = join(root, "packages/filter-js/examples");
/** Of each project of vitest, the case files of its modules. */
const projects = conformanceProjects(root).flatMap(({ test }) => {
  const { subjects = [] } = (test?.provide ?? {}) as { subjects?: readonly Subject[] };
  return subjects.flatMap(({ variant, files = [] }) => files.map((file) => ({ of: `${test?.name} ${variant}`, file })));
});

test.each(COMPLETE)("%s has a README of about ten lines, which filter-js' README names", (name) => {
  const readme = readFileSync(join(examples, name, "README.md"), "utf8");
  const lines = readme.split("\n").filter(Boolean);
  expect(lines[0]).toBe(`# ${name}`);
  expect(lines.length).toBeGreaterThanOrEqual(8);
  expect(lines.length).toBeLessThanOrEqual(11);
  for (const command of ["npx filter-javy", "npx filter-host doctor", "npx conformance"])
    expect(
      lines.some((line) => line.startsWith(command) && line.includes(name)),
      command,
    ).toBe(true);
  expect(readFileSync(join(examples, "../README.md"), "utf8")).toContain(`| [\`${name}\`](examples/${name}) |`);
});

test.each(COMPLETE)("%s has cases that run on both proxies with each engine, whose host calls are compared", (name) => {
  const file = join(examples, name, "cases.yaml");
  const cases = loadCases([file]);
  expect(cases.filter(({ on }) => on.length === 2).length).toBeGreaterThan(2);
  expect(cases.filter(({ xfail }) => xfail.length > 0)).toEqual([]);
  expect(projects.filter((project) => project.file === file).map(({ of }) => of)).toEqual([
    "traces-examples javy",
    "traces-examples jco",
    "examples-javy javy",
    "examples-jco jco",
  ]);
});
