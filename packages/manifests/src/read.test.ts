import { expect, test } from "vitest";
import { plugin } from "../test/plugin.ts";
import { httpbin } from "./httpbin.ts";
import { readManifests } from "./read.ts";
import { toYaml } from "./yaml.ts";

test("what is written is read back, other kinds are named", () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } };
  const [account, service, deployment] = httpbin();
  expect(readManifests(toYaml([plugin, ...httpbin(), namespace]), "all.yaml")).toEqual({
    wasmPlugins: [plugin],
    deployments: [deployment],
    services: [service],
    serviceAccounts: [account],
    others: [{ apiVersion: "v1", kind: "Namespace" }],
  });
  expect(readManifests(JSON.stringify(plugin), "x.json").wasmPlugins).toEqual([plugin]);
  expect(readManifests("", "x.yaml").wasmPlugins).toEqual([]);
});

test("a digest is pinned in the URL and in sha256", () => {
  expect(plugin.spec).toEqual({
    selector: { matchLabels: { app: "httpbin" } },
    url: `oci://a.example/wasm:1.0.0-as@sha256:${"ab".repeat(32)}`,
    sha256: "ab".repeat(32),
    pluginConfig: { header_1: "some_value_1", header_2: ["a", 1, true] },
  });
});

const { spec } = plugin;
test.each([
  ["text", "hello", "not a Kubernetes resource, expected a mapping with apiVersion and kind"],
  ["no kind", { apiVersion: "v1" }, "not a Kubernetes resource"],
  ["no name", { ...plugin, metadata: {} }, "WasmPlugin (no name): metadata.name must be"],
  ["bad name", { ...plugin, metadata: { name: "A" } }, "WasmPlugin A: metadata.name must be"],
  ["bad namespace", { ...plugin, metadata: { name: "a", namespace: "b.c" } }, "metadata.namespace must be"],
  ["no spec", { ...plugin, spec: undefined }, "WasmPlugin wasm-example: must have required property spec"],
  ["no url", { ...plugin, spec: {} }, "spec must have required property url"],
  ["no scheme", { ...plugin, spec: { url: "a.example/wasm:v1" } }, "it would drop the plugin in silence"],
  ["bad phase", { ...plugin, spec: { ...spec, phase: "authn" } }, "spec.phase must be equal to one of the allowed"],
  ["bad sha256", { ...plugin, spec: { ...spec, sha256: "sha256:12" } }, "spec.sha256 must match pattern"],
  ["typo", { ...plugin, spec: { ...spec, pluginconfig: {} } }, 'spec has no field "pluginconfig"'],
  ["two targets", { ...plugin, spec: { ...spec, targetRefs: [] } }, "only one of selector and targetRefs can be set"],
  ["list as pluginConfig", { ...plugin, spec: { ...spec, pluginConfig: [] } }, "spec.pluginConfig must be object"],
  ["Deployment", { ...httpbin()[2], spec: {} }, "Deployment httpbin: spec must have required property selector"],
])("refused: %s", (_, value, reason) => {
  expect(() => readManifests(JSON.stringify(value), "x.yaml")).toThrow(`x.yaml: `);
  expect(() => readManifests(JSON.stringify(value), "x.yaml")).toThrow(reason);
});
