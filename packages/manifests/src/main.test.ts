import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createImage, writeLayout } from "@wasm-header-filter/oci";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "manifests-"));
afterAll(() => rmSync(root, { recursive: true }));

const MODULE = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";

beforeAll(async () => {
  const built = join(root, "packages", "built");
  for (const [name, variant] of [
    ["built", "as"],
    ["unbuilt", "jco"],
  ] as const) {
    mkdirSync(join(root, "packages", name, "dist"), { recursive: true });
    write(`packages/${name}/package.json`, {
      name: `@wasm-header-filter/${name}`,
      version: "1.2.3",
      wasmFilter: { variant },
    });
  }
  write("package.json", { workspaces: ["packages/*"] });
  writeFileSync(join(root, "typo.yaml"), "varient: as\n");
  writeFileSync(join(root, "name.yaml"), "# A name with a capital\nname: A\n");
  const image = await createImage("compat", { module: Uint8Array.of(0), abi: "0.2.1", annotations: {} });
  await writeLayout(join(built, "dist", "oci"), image, "1.2.3-as");
  const { digest } = image.descriptor;
  write("packages/built/dist/plugin.json", {
    module: { size: 1, sha256: MODULE },
    image: { digest, format: "compat" },
  });
});

function write(path: string, content: object): void {
  writeFileSync(join(root, path), JSON.stringify(content));
}

function manifests(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: root, encoding: "utf8" });
  return { status, stdout, stderr };
}

const usual = ["--variant", "as", "--repository", "localhost:5000/wasm-header-filter"];

test("-o writes the workload and an overlay for every variant", () => {
  expect(manifests("--repository", "localhost:5000/wasm-header-filter", "-o", "dist")).toEqual({
    status: 0,
    stdout: "",
    stderr: "",
  });
  const files = globSync("**/*.yaml", { cwd: join(root, "dist") }).sort();
  const texts = files
    .filter((file) => !file.endsWith("httpbin.yaml"))
    .map((file) => `==> ${file} <==\n${readFileSync(join(root, "dist", file), "utf8")}`);
  expect(texts.join("")).toMatchInlineSnapshot(`
    "==> base/kustomization.yaml <==
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    namespace: default
    resources:
      - httpbin.yaml
    ==> overlays/as/kustomization.yaml <==
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    namespace: default
    resources:
      - "../../base"
      - plugin.yaml
    ==> overlays/as/plugin.yaml <==
    apiVersion: extensions.istio.io/v1alpha1
    kind: WasmPlugin
    metadata:
      name: wasm-example
      namespace: default
    spec:
      selector:
        matchLabels:
          app: httpbin
      # If the pull fails, every request is answered 403 "RBAC: access denied", and the log of the istio-proxy container has the reason.
      # When the tag moves, proxies that have the image keep it, and others pull the new one; --digest pins it.
      url: oci://localhost:5000/wasm-header-filter:1.2.3-as
      # If the module refuses this, a starting proxy answers every request with 500, even with FAIL_OPEN. A running proxy keeps
      # the configuration that it has. The proxy's log has the reason: configuration refused: REASON.
      pluginConfig:
        header_1: some_value_1
        header_2: another_value
    ==> overlays/jco/kustomization.yaml <==
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    namespace: default
    resources:
      - "../../base"
      - plugin.yaml
    ==> overlays/jco/plugin.yaml <==
    apiVersion: extensions.istio.io/v1alpha1
    kind: WasmPlugin
    metadata:
      name: wasm-example
      namespace: default
    spec:
      selector:
        matchLabels:
          app: httpbin
      # If the pull fails, every request is answered 403 "RBAC: access denied", and the log of the istio-proxy container has the reason.
      # When the tag moves, proxies that have the image keep it, and others pull the new one; --digest pins it.
      url: oci://localhost:5000/wasm-header-filter:1.2.3-jco
      # If the module refuses this, a starting proxy answers every request with 500, even with FAIL_OPEN. A running proxy keeps
      # the configuration that it has. The proxy's log has the reason: configuration refused: REASON.
      pluginConfig:
        header_1: some_value_1
        header_2: another_value
    "
  `);
  expect(files).toContain("base/httpbin.yaml");
});

const everyOption = [
  ...["--digest", "layout", "--name", "n.m", "--namespace", "x"],
  ...["--selector", "app=a", "--selector", "version=v1", "--phase", "STATS", "--priority", "-5"],
  ...["--match", "SERVER:8000,80", "--match", "CLIENT", "--image-pull-policy", "Always", "--image-pull-secret", "pull"],
  ...["--verification-key", "k", "--plugin-name", "root", "--fail-strategy", "FAIL_OPEN", "--type", "HTTP"],
  ...["--env", "A=b=c", "--env-from-host", "HOME", "--set", "a=on", "--set", "b=x=y", "--guard"],
];

test("an option for every field", () => {
  const { status, stdout, stderr } = manifests(...usual, ...everyOption);
  expect({ status, stderr }).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "manifests: warning: imagePullPolicy Always with a digest: the bytes can't change, so it only makes pods depend on the registry; leave it out
    manifests: warning: failStrategy FAIL_OPEN for a guard: if the module can't be fetched or crashes, requests pass without it; choose FAIL_CLOSE
    ",
    }
  `);
  expect(stdout.replace(/^ *#.*\n/gm, "")).toMatchInlineSnapshot(`
    "apiVersion: extensions.istio.io/v1alpha1
    kind: WasmPlugin
    metadata:
      name: n.m
      namespace: x
    spec:
      selector:
        matchLabels:
          app: a
          version: v1
      phase: STATS
      priority: -5
      match:
        - mode: SERVER
          ports:
            - number: 8000
            - number: 80
        - mode: CLIENT
      url: oci://localhost:5000/wasm-header-filter:1.2.3-as@sha256:c2ae812c460dddf750341683c1bf96a417d49102734784fae62365a711db1d8e
      sha256: c2ae812c460dddf750341683c1bf96a417d49102734784fae62365a711db1d8e
      imagePullPolicy: Always
      imagePullSecret: pull
      verificationKey: k
      pluginName: root
      failStrategy: FAIL_OPEN
      type: HTTP
      vmConfig:
        env:
          - name: A
            value: "b=c"
          - name: HOME
            valueFrom: HOST
      pluginConfig:
        a: "on"
        b: "x=y"
    "
  `);
  write("inputs.json", {
    ...{
      variant: "as",
      repository: "localhost:5000/wasm-header-filter",
      digest: "layout",
      name: "n.m",
      namespace: "x",
    },
    ...{
      phase: "STATS",
      priority: -5,
      match: [{ mode: "SERVER", ports: [{ number: 8000 }, { number: 80 }] }, { mode: "CLIENT" }],
    },
    ...{ selector: { matchLabels: { app: "a", version: "v1" } }, imagePullPolicy: "Always", imagePullSecret: "pull" },
    ...{ verificationKey: "k", pluginName: "root", failStrategy: "FAIL_OPEN", type: "HTTP", guard: true },
    ...{
      vmConfig: {
        env: [
          { name: "A", value: "b=c" },
          { name: "HOME", valueFrom: "HOST" },
        ],
      },
    },
    pluginConfig: { a: "off", b: "x=y" },
  });
  expect(manifests("--config-file", "inputs.json", "--set", "a=on")).toEqual({ status, stdout, stderr });
});

test("a moving tag, and a target in place of a selector", () => {
  const { stdout } = manifests(...usual, "--version", "latest", "--target-ref", "gateway.networking.k8s.io/Gateway/g");
  expect(stdout).toContain("url: oci://localhost:5000/wasm-header-filter:latest-as\n");
  expect(stdout).toContain("targetRefs:\n    - group: gateway.networking.k8s.io\n      kind: Gateway\n      name: g\n");
  expect(stdout).not.toContain("selector");
});

test("another filter's configuration is written as it is; without one there is none", () => {
  const own = { moduleUrl: "oci://a.example/guard:1.0.0", name: "guard", selector: { matchLabels: { app: "a" } } };
  write("own.json", { ...own, pluginConfig: { keys: { k1: "alice" }, limit: 5, host: null } });
  const { status, stdout } = manifests("--config-file", "own.json");
  expect(status).toBe(0);
  expect(stdout).toContain("pluginConfig:\n    keys:\n      k1: alice\n    limit: 5\n    host: null\n");
  const plain = manifests("--module-url", "oci://a.example/guard:1.0.0", "--name", "guard").stdout;
  expect(plain).toContain("url: oci://a.example/guard:1.0.0");
  expect(plain).not.toContain("pluginConfig");
});

test("outside a repository the variant needs only a name", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...usual], { cwd: tmpdir(), encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/url: oci:.*:\d+\.\d+\.\d+-as\n/);
});

test.each([
  ["no variant", ["--repository", "a.example/xx"], 2, "--variant is needed"],
  [
    "unknown variant",
    ["--variant", "x", "--repository", "a.example/xx"],
    1,
    'variant "x": no such variant, expected one of as, jco',
  ],
  ["no module", ["--variant", "as"], 2, "no module: expected"],
  ["no registry", ["--variant", "as", "--repository", "xx"], 2, "names no registry"],
  ["bad version", [...usual, "--version", "1.0+x"], 2, 'version "1.0+x" is not valid'],
  ["bad header", [...usual, "--set", "x"], 2, "Expected NAME=VALUE"],
  [
    "managed header",
    [...usual, "--set", "Host=x"],
    1,
    'pluginConfig: the filter would refuse it: header "Host": managed by the proxy',
  ],
  [
    "other kind",
    [...usual, "--kind", "pod"],
    2,
    "Allowed choices are wasmplugin, trafficextension, envoyfilter, envoy.",
  ],
  ["unwritable", [...usual, "-o", "package.json"], 1, "package.json: can't write there"],
  ["a typo in a file", ["--config-file", "typo.yaml"], 1, 'typo.yaml:1:1: has no field "varient"'],
  ["a bad option in a file", ["--config-file", "name.yaml"], 1, 'name.yaml:2:1: name "A": name "A" is not valid'],
])("one line: %s", (_, args, status, reason) => {
  const result = manifests(...args);
  expect(result).toMatchObject({ status, stdout: "" });
  expect(result.stderr).toContain(reason);
  expect(result.stderr.trimEnd()).not.toContain("\n");
});
