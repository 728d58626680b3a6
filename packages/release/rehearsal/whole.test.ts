import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { unless } from "@wasm-header-filter/cli/testing";
import { findRoot } from "@wasm-header-filter/oci";
import { registryMissing } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Clone, cloneRepository } from "../src/fixtures/clone.ts";
import { QUICK, type Registries, startRegistries } from "../src/fixtures/registries.ts";

const real = findRoot(import.meta.dirname);

/** A program that uses the packages, compiled with strict checks. */
const PROGRAM = `
import { Failure, oneLine } from "@wasm-header-filter/cli";
import { loadCases } from "@wasm-header-filter/conformance";
import { inspect } from "@wasm-header-filter/filter-host";
import { digestOf, parseReference, type Digest } from "@wasm-header-filter/oci";
import { headerFilter } from "@wasm-header-filter/filter-js";
import { compile } from "proxy-wasm-as/compile";
const digest: Digest = digestOf(new Uint8Array());
console.log(oneLine(new Failure("hello")), loadCases().length > 100, digest.length, parseReference("a.b/cd").repository);
console.log(typeof headerFilter, typeof compile, typeof inspect);
`;

/** A filter in plain TypeScript. */
const FILTER = `
import { Action, defineFilter, MapType } from "@wasm-header-filter/filter-js/guest";
export default defineFilter((host) => {
  const name = host.internName("hello");
  return {
    onConfigure: () => ({}),
    onRequestHeaders: () => {
      host.hasHeader(MapType.RequestHeaders, name);
      return Action.Continue;
    },
  };
});
`;

describe("this repository", unless(registryMissing), () => {
  let clone: Clone;
  let registries: Registries;
  const project = mkdtempSync(join(tmpdir(), "project-"));
  const run = async (command: string, ...args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: project });
    return stdout + stderr;
  };

  beforeAll(async () => {
    clone = cloneRepository();
    registries = await startRegistries();
  });
  afterAll(async () => {
    await registries?.close();
    clone?.remove();
    rmSync(project, { recursive: true });
  });

  test("is released, killed while it is published on npm, and run again", async () => {
    const { status } = await registries.release(clone.root, QUICK, (now) => {
      registries.npm.fault = (_, number) => {
        if (number === 3) now();
        return undefined;
      };
    });
    expect(status).toBe(null);
    registries.npm.reset();
    const again = await registries.release(clone.root);
    expect(again.status, again.output).toBe(0);

    const { images, npm, git } = await registries.endState(clone.git("tag"), clone.packages);
    expect(Object.keys(npm).sort()).toEqual([...clone.packages].sort());
    expect(git).toEqual(clone.packages.map((name) => `${name}@${Object.keys(npm[name]?.versions ?? {})}`).sort());
    const { image } = JSON.parse(readFileSync(join(real, "packages/filter-as/dist/plugin.json"), "utf8"));
    expect(images[image.tag]?.digest).toBe(image.digest);
    expect(images.as).toEqual(images[image.tag]);
  });

  test("is installed in a new project and works", async () => {
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", type: "module", private: true }));
    writeFileSync(join(project, ".npmrc"), `@wasm-header-filter:registry=${registries.npm.url}\n`);
    // Packages with the scope come from the registry under test by name, the others by the address of their tarball.
    const [scoped, others] = [true, false].map((has) => clone.packages.filter((name) => name.startsWith("@") === has));
    const { npm } = await registries.endState("", others ?? []);
    const tarballs = (others ?? []).map((name) => {
      const [version] = Object.keys(npm[name]?.versions ?? {});
      return `${name}@${registries.npm.url}/${name}/-/${name}-${version}.tgz`;
    });
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", "install", ...quiet, ...tarballs, ...(scoped ?? []));

    const module = "node_modules/@wasm-header-filter/filter-as/dist/plugin.wasm";
    const npx = (...args: string[]) => run("npx", "--no-install", ...args);
    expect(await npx("filter-host", "doctor", module)).toContain(`${module}: fit for Envoy`);
    expect(await npx("oci", "--help")).toContain("Usage: oci");
    const manifest = ["--variant", "as", "--repository", "registry.example/filter", "--version", "1.2.3"];
    expect(await npx("manifests", ...manifest)).toContain("url: oci://registry.example/filter:1.2.3-as");
    expect(await npx("conformance", module, "--on", "host", "--case", "the-lab")).toContain("1 passed, 0 failed");

    mkdirSync(join(project, "src"));
    writeFileSync(join(project, "src/program.ts"), PROGRAM);
    const tsc = join(real, "node_modules/typescript/bin/tsc");
    const checks = ["--strict", "--module", "nodenext", "--target", "es2024", "--types", "", "--outDir", "out"];
    await run(process.execPath, tsc, ...checks, "src/program.ts");
    writeFileSync(join(project, "filter.ts"), FILTER);
    await npx("filter-javy", "filter.ts", "-o", "filter.wasm");
    expect(await npx("filter-host", "doctor", "filter.wasm", "--config", "")).toContain("filter.wasm: fit for Envoy");
    expect(await run(process.execPath, "out/program.js")).toBe("hello true 71 cd\nfunction function function\n");
  });
});
