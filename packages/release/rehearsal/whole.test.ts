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
import { readManifest } from "../src/workspace.ts";

const real = findRoot(import.meta.dirname);
const { devDependencies = {} } = readManifest(join(real, "package.json"));

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

/** A filter in plain TypeScript, which answers requests without the header that its configuration names. */
const FILTER = `
import { Action, BufferType, decodeUtf8, defineFilter, MapType, Status } from "@wasm-header-filter/filter-js/guest";
const PAGE = \`a page
// whose second line looks like a comment
\`;
export default defineFilter((host) => ({
  onConfigure(size) {
    const { value } = host.getBuffer(BufferType.PluginConfiguration, 0, size);
    const name = value && decodeUtf8(value);
    return name ? { name: host.internName(name) } : undefined;
  },
  onRequestHeaders({ name }) {
    if (host.hasHeader(MapType.RequestHeaders, name) === Status.Ok) return Action.Continue;
    host.sendLocalResponse(403, [["content-type", "text/plain"]], PAGE);
    return Action.Pause;
  },
}));
`;

/** What the filter is to do, as cases of its own. */
const CASES = `
about: A page for requests without a header.
contract: false
cases:
  - name: with-the-header
    configuration: { text: x-key }
    steps:
      - request: { headers: [[x-key, a]] }
  - name: without-it
    configuration: { text: x-key }
    steps:
      - request: { headers: [[x-other, a]] }
        status: 403
        body: { text: "a page\\n// whose second line looks like a comment\\n" }
        upstreamSees: nothing
`;

/** Another filter, in AssemblyScript. */
const ASSEMBLY = `
import { Action, addHeader, Bytes, HeaderMap } from "proxy-wasm-as";
export * from "proxy-wasm-as/abi";
const NAME = Bytes.ascii("x-greeting");
const VALUE = Bytes.ascii("hello");
export function proxy_on_response_headers(stream: u32, headers: u32, endOfStream: bool): Action {
  addHeader(HeaderMap.ResponseHeaders, NAME, VALUE);
  return Action.Continue;
}
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
    // What a new project tests itself with.
    const tools = ["typescript", "vitest"].map((name) => `${name}@${devDependencies[name]}`);
    await run("npm", "install", ...quiet, ...tarballs, ...(scoped ?? []), ...tools);

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
    expect(await run(process.execPath, "out/program.js")).toBe("hello true 71 cd\nfunction function function\n");
  });

  test("each command works there, on filters that are not the header filter", async () => {
    const used = new Set<string>();
    const npx = (command: string, ...args: string[]) => {
      used.add(command);
      return run("npx", "--no-install", command, ...args);
    };
    writeFileSync(join(project, "filter.ts"), FILTER);
    writeFileSync(join(project, "cases.yaml"), CASES);
    await npx("filter-javy", "filter.ts", "-o", "javy.wasm");
    await npx("filter-jco", "filter.ts", "--quick", "-o", "jco/plugin.wasm");
    const config = JSON.stringify({ extends: "proxy-wasm-as/asconfig.json", entries: ["assembly/index.ts"] });
    mkdirSync(join(project, "assembly"));
    writeFileSync(join(project, "assembly/index.ts"), ASSEMBLY);
    writeFileSync(join(project, "asconfig.json"), config);
    await run("npx", "--no-install", "asc", "--config", "asconfig.json", "--target", "raw", "-o", "as.wasm");

    for (const module of ["javy.wasm", "jco/plugin.wasm", "as.wasm"]) {
      const verdict = await npx("filter-host", "doctor", module, "--config", "x-key");
      expect(verdict).toContain(`${module}: fit for Envoy`);
    }
    for (const module of ["javy.wasm", "jco/plugin.wasm"]) {
      const ran = await npx("conformance", module, "--on", "host", "--cases", "cases.yaml");
      expect(ran).toContain("2 passed, 0 failed");
    }
    for (const fuzzer of ["http1", "modules"]) {
      expect(await npx("conformance-fuzz", fuzzer, "--seconds", "1")).toMatch(/, 0 finds$/m);
    }
    // It compares the variants of a workspace, which this project is not.
    await expect(npx("conformance-report")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^conformance-report: .*: not in an npm workspace, run the command inside one$/m),
    });

    const image = `${registries.images.host}/rehearsal/filter-of-ours`;
    await npx("oci", "pack", "javy.wasm", "--name", image, "--version", "1.0.0", "-o", "packed");
    await npx("oci", "push", "packed/oci", image);
    expect(await npx("oci", "tags", image)).toContain("1.0.0");
    expect(await npx("filter-host", "doctor", `oci://${image}:1.0.0`, "--config", "x-key")).toContain(
      "fit for Istio and Envoy",
    );
    expect(await npx("manifests", "--kind", "envoy", "--module-path", "javy.wasm")).toContain("javy.wasm");

    await npx("create-proxy-wasm-filter", "my-filter");
    const built = await promisify(execFile)("npx", ["--no-install", "filter", "build"], {
      cwd: join(project, "my-filter"),
    });
    expect(built.stdout).toContain("build/javy.wasm: fit for Envoy");
    const log = "at onConfigure (function.mjs:1:1)";
    const traced = `echo '${log}' | npx --no-install filter-js-trace javy.wasm.map`;
    expect((await promisify(execFile)("sh", ["-c", traced], { cwd: project })).stdout).toContain("onConfigure");
    for (const command of ["filter", "filter-js-trace"]) used.add(command);

    const commands = clone.packages.flatMap((name) => {
      const { bin = {} } = readManifest(join(project, "node_modules", name, "package.json"));
      return Object.keys(bin);
    });
    expect([...used].sort()).toEqual(commands.sort());
  });
});
