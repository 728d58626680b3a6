import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findRoot } from "@wasm-header-filter/oci";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(findRoot(import.meta.dirname), ".github/workflows");
const files = globSync("*.yml", { cwd: folder }).sort();
const texts = new Map(files.map((file) => [basename(file, ".yml"), readFileSync(join(folder, file), "utf8")]));
const workflow = (name: string): Workflow => parse(texts.get(name) ?? "");

/** Whether something in a workflow refers to a token or a secret. */
const secret = (value: unknown) => /\bsecrets\b|github\.token|GITHUB_TOKEN/.test(JSON.stringify(value) ?? "");
const writes = ({ permissions = {} }: Job) => Object.values(permissions).includes("write");

test("there are two workflows", () => expect([...texts.keys()]).toEqual(["ci", "release"]));

describe.each([...texts.keys()])("%s", (name) => {
  const { permissions, env, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("gives a job only what it asks for, and each asks", () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
  });

  test("names each action by its commit, with the version beside it", () => {
    const used = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.filter((uses) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(uses))).toEqual([]);
    expect(texts.get(name)?.match(/uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm)).toHaveLength(used.length);
  });

  test("keeps no token in a checkout", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
  });

  test("puts tokens and secrets into the environment of a job's last step, and nowhere else", () => {
    expect(secret(env)).toBe(false);
    for (const { steps, ...job } of Object.values(jobs)) {
      expect(secret(job)).toBe(false);
      const { env: _, ...last } = steps.at(-1) as Step;
      expect([...steps.slice(0, -1), last].filter(secret)).toEqual([]);
    }
  });

  test("puts no expression into a script", () => {
    expect(steps.filter(({ run = "" }) => run.includes("${" + "{"))).toEqual([]);
  });
});

describe("the release", () => {
  const { on, jobs } = workflow("release");
  const { build, release, versions } = jobs as Readonly<Record<"build" | "release" | "versions", Job>>;

  test("follows ci on main, or is a preview that someone asks for", () => {
    expect(on).toEqual({
      workflow_run: { workflows: [workflow("ci").name], types: ["completed"], branches: ["main"] },
      workflow_dispatch: { inputs: { snapshot: expect.objectContaining({ required: true }) } },
    });
    expect(build.if).toContain("github.event.workflow_run.conclusion == 'success'");
    expect(build.if).toContain("github.event.workflow_run.event == 'push'");
  });

  test("each job takes the commit that ci has tested", () => {
    expect(workflow("release").env).toEqual({
      COMMIT: "${" + "{ github.event.workflow_run.head_sha || github.sha }}",
    });
    for (const { steps } of Object.values(jobs)) {
      expect(steps[0]?.uses).toMatch(/^actions\/checkout@/);
      expect(steps[0]?.with?.ref).toBe("${" + "{ env.COMMIT }}");
    }
  });

  test("is built and tested by a job that can only read, before any other", () => {
    expect(build.permissions).toEqual({ contents: "read" });
    expect(build.steps.map(({ run }) => run)).toEqual(expect.arrayContaining(["node scripts/install.mjs", "npm test"]));
    expect(secret(build)).toBe(false);
    for (const job of Object.values(jobs).filter((job) => job !== build)) expect(job.needs).toBe("build");
  });

  test("a job that can write runs no package's script, and builds and tests nothing", () => {
    const writing = Object.values(jobs).filter(writes);
    expect(writing).toEqual([release, versions]);
    for (const { steps } of writing) {
      const scripts = steps.slice(0, -1).flatMap(({ run = "" }) => run.split("\n"));
      const npm = scripts.filter((line) => /\b(npm|npx|node)\b/.test(line));
      const expected = ["npm install --no-save --ignore-scripts --loglevel=error"];
      expect(npm.filter((line) => line !== "npm run version")).toEqual(expected);
    }
  });

  test("only the job that publishes may have an identity, and its last step publishes what was built", () => {
    const identified = Object.values(jobs).filter(({ permissions }) => permissions?.["id-token"] !== undefined);
    expect(identified).toEqual([release]);
    expect(release.environment).toBe("release");
    const runs = [...(release.steps.at(-1)?.run ?? "").matchAll(/npx release (.*) --repository \S+ (.*)/g)];
    expect(runs.map(([, before, after]) => [before, after])).toEqual([
      ["--no-build", '--snapshot "$SNAPSHOT"'],
      ["--no-build", "--push-tags"],
    ]);
  });

  test("opens a pull request with the versions of what has changesets", () => {
    expect(versions.permissions).toEqual({ contents: "write", "pull-requests": "write" });
    expect(versions.steps.map(({ run }) => run)).toContain("npm run version");
    expect(versions.steps.at(-1)?.run).toMatch(/gh pr create --head versions --base main/);
  });
});
