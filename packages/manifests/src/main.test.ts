import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createImage, writeLayout } from "@wasm-header-filter/oci";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "manifests-"));
afterAll(() => rmSync(root, { recursive: true }));

beforeAll(async () => {
  const built = join(root, "packages", "built");
  for (const [name, variant] of [
    ["built", "as"],
    ["unbuilt", "jco"],
  ] as const) {
    mkdirSync(join(root, "packages", name, "dist"), { recursive: true });
    write(`packages/${name}/package.json`, { name, version: "1.2.3", wasmFilter: { variant } });
  }
  write("package.json", { workspaces: ["packages/*"] });
  const image = await createImage("compat", { module: Uint8Array.of(0), abi: "0.2.1", annotations: {} });
  await writeLayout(join(built, "dist", "oci"), image, "1.2.3-as");
  const { digest } = image.descriptor;
  write("packages/built/dist/plugin.json", { module: { size: 1 }, image: { digest, format: "compat" } });
});

function write(path: string, content: object): void {
  writeFileSync(join(root, path), JSON.stringify(content));
}

function manifests(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: root, encoding: "utf8" });
  return { status, stdout, stderr };
}

const usual = ["--variant", "as", "--repository", "localhost:5000/wasm-header-filter"];

test("-o writes the lab's resources", () => {
  expect(manifests(...usual, "-o", "dist")).toEqual({ status: 0, stdout: "", stderr: "" });
  const files = readdirSync(join(root, "dist")).sort();
  const texts = files.map((file) => `==> ${file} <==\n${readFileSync(join(root, "dist", file), "utf8")}`);
  expect(texts.join("")).toMatchInlineSnapshot(`
    "==> httpbin.yaml <==
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: httpbin
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: httpbin
      labels:
        app: httpbin
        service: httpbin
    spec:
      ports:
        - name: http
          port: 8000
          targetPort: 80
      selector:
        app: httpbin
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: httpbin
      labels:
        app: httpbin
        version: v1
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: httpbin
          version: v1
      template:
        metadata:
          labels:
            app: httpbin
            version: v1
        spec:
          serviceAccountName: httpbin
          containers:
            - name: httpbin
              image: docker.io/kennethreitz/httpbin
              imagePullPolicy: IfNotPresent
              ports:
                - containerPort: 80
    ==> kustomization.yaml <==
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    namespace: default
    resources:
      - httpbin.yaml
      - plugin.yaml
    ==> plugin.yaml <==
    apiVersion: extensions.istio.io/v1alpha1
    kind: WasmPlugin
    metadata:
      name: wasm-example
      namespace: default
    spec:
      selector:
        matchLabels:
          app: httpbin
      url: oci://localhost:5000/wasm-header-filter:1.2.3-as
      pluginConfig:
        header_1: some_value_1
        header_2: another_value
    "
  `);
});

test("without -o the resource goes to stdout", () => {
  const { status, stdout } = manifests(
    ...usual,
    "--digest",
    "--set",
    "a=on",
    "--set",
    "b=x=y",
    "--name",
    "n.m",
    "--namespace",
    "x",
  );
  expect(status).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "apiVersion: extensions.istio.io/v1alpha1
    kind: WasmPlugin
    metadata:
      name: n.m
      namespace: x
    spec:
      selector:
        matchLabels:
          app: httpbin
      url: oci://localhost:5000/wasm-header-filter:1.2.3-as@sha256:c2ae812c460dddf750341683c1bf96a417d49102734784fae62365a711db1d8e
      sha256: c2ae812c460dddf750341683c1bf96a417d49102734784fae62365a711db1d8e
      pluginConfig:
        a: "on"
        b: "x=y"
    "
  `);
  expect(manifests(...usual, "--version", "latest").stdout).toContain(
    "url: oci://localhost:5000/wasm-header-filter:latest-as\n",
  );
});

test.each([
  ["no variant", ["--repository", "a.example/xx"], 2, "required option '--variant <name>' not specified"],
  [
    "unknown variant",
    ["--variant", "x", "--repository", "a.example/xx"],
    1,
    'variant "x": there is no such variant, there is as, jco',
  ],
  ["unbuilt", ["--variant", "jco", "--repository", "a.example/xx", "--digest"], 1, "variant jco: not built"],
  [
    "other version",
    [...usual, "--digest", "--version", "9.9.9"],
    1,
    'no image has the tag "9.9.9-as", there is 1.2.3-as',
  ],
  ["no registry", ["--variant", "as", "--repository", "xx"], 2, "names no registry"],
  ["upper case", ["--variant", "as", "--repository", "a.example/X"], 2, 'repository "X" is not valid'],
  ["a scheme", ["--variant", "as", "--repository", "oci://a.example/xx"], 2, 'registry "oci:" is not valid'],
  ["bad version", [...usual, "--version", "1.0+x"], 2, 'version "1.0+x" is not valid'],
  ["bad name", [...usual, "--name", "A"], 2, 'name "A" is not valid'],
  ["bad namespace", [...usual, "--namespace", "a.b"], 2, 'namespace "a.b" is not valid'],
  ["bad header", [...usual, "--set", "x"], 2, "Expected NAME=VALUE"],
  ["other kind", [...usual, "--kind", "envoyfilter"], 2, "Allowed choices are wasmplugin."],
  ["unwritable", [...usual, "-o", "package.json"], 1, "package.json: can't write there"],
])("one line: %s", (_, args, status, reason) => {
  const result = manifests(...args);
  expect(result).toMatchObject({ status, stdout: "" });
  expect(result.stderr).toContain(reason);
  expect(result.stderr.trimEnd()).not.toContain("\n");
});
