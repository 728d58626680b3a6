import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestOf } from "./digest.ts";
import { folder, writeFiles } from "./fixtures/folder.ts";
import { wasmModule } from "./fixtures/module.ts";
import { readLayout, readModule, readSourceMap } from "./layout.ts";
import { readVariant } from "./variant.ts";

const bin = fileURLToPath(new URL("./bin.ts", import.meta.url));

function oci(cwd: string, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...env },
  });
  return { status, stdout, stderr };
}

const declaration = {
  name: "@x/filter-as",
  version: "1.2.3",
  description: "A filter",
  license: "Apache-2.0",
  repository: { type: "git", url: "git+https://git.example/x.git" },
  wasmFilter: { variant: "as", toolchain: ["compiler"] },
};
const files = {
  "package.json": declaration,
  "node_modules/compiler/package.json": { version: "0.28.20" },
  "build/plugin.wasm": wasmModule(),
  "bad.wasm": wasmModule("main"),
  "component.wasm": Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0),
  "cut.wasm": wasmModule().subarray(0, 30),
  "text.wasm": "hello",
};

test("pack leaves module, layout and plugin.json, the same bytes in another folder", async () => {
  const [one, two] = [folder(files), folder(files)];
  const { status, stdout } = oci(one, ["pack"]);
  const again = oci(two, ["pack"], { TZ: "Asia/Tokyo", LANG: "de_DE" });
  expect({ status, stdout }).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stdout": "wasm-header-filter:1.2.3-as 1.5 kB (plugin.wasm 65 B, gzip 77 B)
    sha256:8f25d5559082ddec5e9c41172610b1b162c5ba9e74bbaa686e5926a8030f0ed6 compat
    ",
    }
  `);
  expect(again.stdout).toBe(stdout);
  expect(readFileSync(join(two, "dist/plugin.json"))).toEqual(readFileSync(join(one, "dist/plugin.json")));
  expect(readFileSync(join(two, "dist/oci/index.json"))).toEqual(readFileSync(join(one, "dist/oci/index.json")));
  expect(readdirSync(join(one, "dist")).sort()).toEqual(["oci", "plugin.json", "plugin.wasm"]);
  expect(Buffer.compare(await readModule(join(one, "dist/oci"), "1.2.3-as"), wasmModule())).toBe(0);
  expect(readVariant(one)?.plugin).toMatchInlineSnapshot(`
    {
      "abi": "0.2.1",
      "contract": 1,
      "image": {
        "digest": "sha256:8f25d5559082ddec5e9c41172610b1b162c5ba9e74bbaa686e5926a8030f0ed6",
        "format": "compat",
        "repository": "wasm-header-filter",
        "size": 1466,
        "tag": "1.2.3-as",
      },
      "module": {
        "gzip": 77,
        "sha256": "a472d9704d56686ff1d1dadeae269dbcb0cb09f9a74eeb84d9e2011baec6fce0",
        "size": 65,
      },
      "package": "@x/filter-as",
      "toolchain": {
        "compiler": "0.28.20",
      },
      "variant": "as",
      "version": "1.2.3",
    }
  `);
  expect(readLayout(join(one, "dist/oci"))[0].manifest.annotations).toMatchInlineSnapshot(`
    {
      "module.wasm.image/variant": "compat",
      "org.opencontainers.image.description": "A filter",
      "org.opencontainers.image.licenses": "Apache-2.0",
      "org.opencontainers.image.source": "https://git.example/x",
      "org.opencontainers.image.title": "@x/filter-as",
      "org.opencontainers.image.version": "1.2.3",
      "wasm-header-filter.abi": "0.2.1",
      "wasm-header-filter.contract": "1",
      "wasm-header-filter.variant": "as",
    }
  `);
});

test("pack takes any module, without a package", async () => {
  const dir = folder({ "any.wasm": wasmModule() });
  const options = ["--title", "Mine", "--license", "MIT", "--source", "https://git.example/y", "--label", "a=b=c"];
  const { status, stdout } = oci(dir, [
    "pack",
    "any.wasm",
    "--name",
    "r.example/team/mine",
    "--version",
    "2.0.0",
    ...options,
  ]);
  expect([status, stdout.split(" ")[0]]).toEqual([0, "r.example/team/mine:2.0.0"]);
  expect(readdirSync(join(dir, "dist")).sort()).toEqual(["oci", "plugin.json", "plugin.wasm"]);
  expect(Buffer.compare(await readModule(join(dir, "dist/oci"), "2.0.0"), wasmModule())).toBe(0);
  const [{ manifest, descriptor }] = readLayout(join(dir, "dist/oci"));
  expect(manifest.annotations).toEqual({
    a: "b=c",
    "module.wasm.image/variant": "compat",
    "org.opencontainers.image.licenses": "MIT",
    "org.opencontainers.image.source": "https://git.example/y",
    "org.opencontainers.image.title": "Mine",
    "org.opencontainers.image.version": "2.0.0",
  });
  const written = JSON.parse(readFileSync(join(dir, "dist/plugin.json"), "utf8"));
  expect(written).toMatchObject({ version: "2.0.0", abi: "0.2.1", image: { tag: "2.0.0", digest: descriptor.digest } });
});

test("SOURCE_DATE_EPOCH is the image's creation time", () => {
  const dir = folder(files);
  oci(dir, ["pack"], { SOURCE_DATE_EPOCH: "1700000000" });
  const [image] = readLayout(join(dir, "dist/oci"));
  const config = JSON.parse(new TextDecoder().decode(image.blobs.get(image.manifest.config.digest)));
  expect(config.created).toBe("2023-11-14T22:13:20Z");
  expect(image.manifest.annotations?.["org.opencontainers.image.created"]).toBe("2023-11-14T22:13:20Z");
});

test("the source and the commit can be given, and a commit that is none is refused", () => {
  const dir = folder(files);
  const labels = (args: string[], env?: Record<string, string>) => {
    expect(oci(dir, ["pack", ...args], env).stderr).toBe("");
    const { annotations = {} } = readLayout(join(dir, "dist/oci"))[0].manifest;
    return ["source", "revision"].map((name) => annotations[`org.opencontainers.image.${name}`]);
  };
  const [one, other] = ["1".repeat(40), "2".repeat(40)];
  expect(labels([])).toEqual(["https://git.example/x", undefined]);
  expect(labels([], { SOURCE_REVISION: one })).toEqual(["https://git.example/x", one]);
  expect(labels(["--source", "https://y.example", "--revision", other], { SOURCE_REVISION: one })).toEqual([
    "https://y.example",
    other,
  ]);
  const any = ["build/plugin.wasm", "--name", "r.example/mine", "--version", "1", "--revision", other];
  expect(labels(any)).toEqual([undefined, other]);
  expect(oci(dir, ["pack"], { SOURCE_REVISION: "main" })).toMatchObject({
    status: 1,
    stderr: 'oci: SOURCE_REVISION: expected HEAD or a commit in 40 or 64 hexadecimal digits, got "main"\n',
  });
});

test("a source map stays beside the module, and the image names its digest until there is none", async () => {
  const dir = folder({ ...files, "build/plugin.wasm.map": '{"version":3}' });
  const image = () => readLayout(join(dir, "dist/oci"))[0].manifest;
  oci(dir, ["pack"]);
  const digest = digestOf(Buffer.from('{"version":3}'));
  const mapped = image();
  expect(mapped.annotations).toMatchObject({ "wasm-header-filter.source-map": digest });
  expect(readFileSync(join(dir, "dist/plugin.wasm.map"), "utf8")).toBe('{"version":3}');
  expect([...mapped.layers, mapped.config].map(({ digest }) => digest)).not.toContain(digest);
  expect(Buffer.from((await readSourceMap(join(dir, "dist/oci"))) ?? []).toString()).toBe('{"version":3}');
  writeFileSync(join(dir, "dist/plugin.wasm.map"), "another");
  expect(await readSourceMap(join(dir, "dist/oci"))).toBeUndefined();
  rmSync(join(dir, "build/plugin.wasm.map"));
  oci(dir, ["pack"]);
  const plain = image();
  expect(plain.annotations).not.toHaveProperty(["wasm-header-filter.source-map"]);
  expect(plain.layers).toEqual(mapped.layers);
  expect(readdirSync(join(dir, "dist")).sort()).toEqual(["oci", "plugin.json", "plugin.wasm"]);
});

test("inspect prints what is in each format", () => {
  const dir = folder(files);
  const texts = ["compat", "docker", "artifact"].map((format) => {
    oci(dir, ["pack", "--format", format]);
    return oci(dir, ["inspect", "dist/oci"]).stdout.replace(/[0-9a-f]{60}\b/g, "…");
  });
  expect(texts.join("")).toMatchInlineSnapshot(`
    "1.2.3-as compat, 1.5 kB
      manifest sha256:8f25…  application/vnd.oci.image.manifest.v1+json, 803 B
      config   sha256:af0d…  application/vnd.oci.image.config.v1+json, 522 B
      layer    sha256:f8ca…  application/vnd.oci.image.layer.v1.tar+gzip, 141 B
      module   sha256:a472…  plugin.wasm, 65 B
      label    module.wasm.image/variant=compat
      label    org.opencontainers.image.description=A filter
      label    org.opencontainers.image.licenses=Apache-2.0
      label    org.opencontainers.image.source=https://git.example/x
      label    org.opencontainers.image.title=@x/filter-as
      label    org.opencontainers.image.version=1.2.3
      label    wasm-header-filter.abi=0.2.1
      label    wasm-header-filter.contract=1
      label    wasm-header-filter.variant=as
    1.2.3-as docker, 1.1 kB
      manifest sha256:fa6b…  application/vnd.docker.distribution.manifest.v2+json, 423 B
      config   sha256:af0d…  application/vnd.docker.container.image.v1+json, 522 B
      layer    sha256:f8ca…  application/vnd.docker.image.rootfs.diff.tar.gzip, 141 B
      module   sha256:a472…  plugin.wasm, 65 B
    1.2.3-as artifact, 1.2 kB
      manifest sha256:0262…  application/vnd.oci.image.manifest.v1+json, 1.1 kB
      config   sha256:4413…  application/vnd.oci.image.config.v1+json, 2 B
      layer    sha256:dc60…  application/vnd.module.wasm.config.v1+json, 58 B
      layer    sha256:a472…  application/vnd.module.wasm.content.layer.v1+wasm, 65 B
      module   sha256:a472…  plugin.wasm, 65 B
      label    org.opencontainers.image.description=A filter
      label    org.opencontainers.image.licenses=Apache-2.0
      label    org.opencontainers.image.source=https://git.example/x
      label    org.opencontainers.image.title=@x/filter-as
      label    org.opencontainers.image.version=1.2.3
      label    wasm-header-filter.abi=0.2.1
      label    wasm-header-filter.contract=1
      label    wasm-header-filter.variant=as
    "
  `);
  expect(JSON.parse(oci(dir, ["inspect", "dist/oci", "--json"]).stdout)).toMatchObject([
    { tag: "1.2.3-as", format: "artifact", module: { size: wasmModule().length } },
  ]);
});

describe("one line for each mistake, and what was packed stays", () => {
  const dir = mkdtempSync(join(tmpdir(), "oci-"));
  beforeAll(() => {
    writeFiles(dir, files);
    oci(dir, ["pack"]);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test.each([
    ["no module", ["pack", "none.wasm"], 1, "module none.wasm: no such file"],
    ["a component", ["pack", "component.wasm"], 1, "component.wasm: a component, but Envoy loads only core modules"],
    ["cut short", ["pack", "cut.wasm"], 1, "cut.wasm: not a valid WebAssembly module"],
    ["text", ["pack", "text.wasm"], 1, "text.wasm: not a WebAssembly file"],
    ["no ABI marker", ["pack", "bad.wasm"], 1, "bad.wasm: exports no proxy_abi_version_X_Y_Z"],
    ["unwritable", ["pack", "-o", "package.json"], 1, "package.json: can't write there"],
    ["unknown format", ["pack", "--format", "zip"], 2, "Allowed choices are compat, docker, artifact."],
    ["bad repository", ["pack", "--repository", "A"], 2, 'repository "A" is not valid'],
    ["tagged repository", ["pack", "--repository", "aa:b"], 2, "expected no tag and no digest"],
    ["a name alone", ["pack", "--name", "mine"], 2, "--name: only for any module, expected both --name and --version"],
    ["a label alone", ["pack", "--label", "a=b"], 2, "--label: only for any module"],
    [
      "a version that is no tag",
      ["pack", "--name", "mine", "--version", "1+2"],
      1,
      "--version 1+2: can't be an image's tag",
    ],
    ["two names", ["pack", "--name", "aa", "--version", "1", "--repository", "bb"], 2, "expected --name alone"],
    ["no layout", ["inspect", "none"], 1, "none: no such folder, expected an OCI image layout"],
  ])("%s", (_, args, status, reason) => {
    const before = readFileSync(join(dir, "dist/plugin.json"));
    const result = oci(dir, args);
    expect(result).toMatchObject({ status, stdout: "" });
    expect(result.stderr).toContain(reason);
    expect(result.stderr.trimEnd()).not.toContain("\n");
    expect(readFileSync(join(dir, "dist/plugin.json"))).toEqual(before);
    expect(readdirSync(join(dir, "dist")).sort()).toEqual(["oci", "plugin.json", "plugin.wasm"]);
  });
});

test("pack says what is wrong with the package", () => {
  const plain = folder({ ...files, "package.json": { name: "x", version: "1.0.0" } });
  expect(oci(plain, ["pack"]).stderr).toContain("package.json: no variant");
  expect(oci(folder(), ["pack", "x.wasm"]).stderr).toContain("package.json: no variant, expected");
  const tool = folder({
    ...files,
    "package.json": { ...declaration, wasmFilter: { variant: "as", toolchain: ["no-such-tool"] } },
  });
  expect(oci(tool, ["pack"]).stderr).toContain("no-such-tool: not installed");
  expect(readdirSync(tool)).not.toContain("dist");
});
