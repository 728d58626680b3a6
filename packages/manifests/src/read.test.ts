import { expect, test } from "vitest";
import { EVERYTHING, plugin } from "./fixtures/plugin.ts";
import { httpbin } from "./httpbin.ts";
import { trafficExtension } from "./kinds/traffic-extension.ts";
import { dockerConfig, type PullSecret } from "./pull-secret.ts";
import { readManifestFiles, readManifests } from "./read.ts";
import { toNotedYaml, toYaml } from "./yaml.ts";

const secret: PullSecret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "registry" },
  type: "kubernetes.io/dockerconfigjson",
  data: { ".dockerconfigjson": Buffer.from('{"auths":{"a.example":{"auth":"eDp5"}}}').toString("base64") },
};

test("what is written is read back, other kinds are named", () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } };
  const opaque = { apiVersion: "v1", kind: "Secret", metadata: { name: "other" }, data: { a: "Yg==" } };
  const [account, service, deployment] = httpbin();
  const extension = trafficExtension.write(EVERYTHING).resource;
  const [file, noted] = [toYaml([plugin, ...httpbin(), namespace]), toNotedYaml([trafficExtension.write(EVERYTHING)])];
  const files = [file, noted, toYaml([secret, opaque])].map((text, at) => ({ text, where: `${at}.yaml` }));
  expect(readManifestFiles(files)).toEqual({
    wasmPlugins: [plugin],
    trafficExtensions: [extension],
    envoyFilters: [],
    deployments: [deployment],
    services: [service],
    serviceAccounts: [account],
    pullSecrets: [secret],
    others: [
      { apiVersion: "v1", kind: "Namespace", name: "default" },
      { apiVersion: "v1", kind: "Secret", name: "other" },
    ],
    warnings: [],
  });
  expect(dockerConfig(secret)).toEqual({
    text: '{"auths":{"a.example":{"auth":"eDp5"}}}',
    where: "Secret registry",
  });
  expect(readManifests(JSON.stringify(plugin), "x.json").wasmPlugins).toEqual([plugin]);
  expect(readManifests("", "x.yaml").wasmPlugins).toEqual([]);
});

test("an error says file, line and column", () => {
  const text = toYaml([
    ...httpbin(),
    { ...plugin, spec: { ...plugin.spec, match: [{ mode: "SERVER" }, { mode: "BOTH" }] } },
  ]);
  const line = text.split("\n").findIndex((line) => line.includes("BOTH")) + 1;
  expect(() => readManifests(text, "x.yaml")).toThrow(
    `x.yaml:${line}:7: WasmPlugin wasm-example: spec.match[1].mode must be one of UNDEFINED, CLIENT, SERVER, CLIENT_AND_SERVER`,
  );
});

test("a List is what it holds", () => {
  const list = { apiVersion: "v1", kind: "List", items: [plugin, { ...plugin, metadata: { name: "A" } }] };
  expect(readManifests(toYaml([{ ...list, items: [plugin] }]), "x.yaml").wasmPlugins).toEqual([plugin]);
  const text = toYaml([list]);
  const line = text.split("\n").findIndex((line) => line.endsWith("  name: A")) + 1;
  expect(() => readManifests(text, "x.yaml")).toThrow(`x.yaml:${line}:7: WasmPlugin A: metadata.name must be`);
});

test("the same resource in two files is refused", () => {
  const files = ["a.yaml", "b.yaml"].map((where) => ({ text: toYaml([plugin]), where }));
  expect(() => readManifestFiles(files)).toThrow(
    "b.yaml:1:1: WasmPlugin default/wasm-example is already defined at a.yaml:1:1",
  );
});

const { spec } = plugin;
test.each([
  ["text", "hello", "not a Kubernetes resource, expected a mapping with apiVersion and kind"],
  ["no kind", { apiVersion: "v1" }, "not a Kubernetes resource"],
  ["no name", { ...plugin, metadata: {} }, "WasmPlugin (no name): metadata.name must be"],
  ["bad name", { ...plugin, metadata: { name: "A" } }, "WasmPlugin A: metadata.name must be"],
  ["bad namespace", { ...plugin, metadata: { name: "a", namespace: "b.c" } }, "metadata.namespace must be"],
  [
    "another version",
    { ...plugin, apiVersion: "extensions.istio.io/v1" },
    'no matches for kind "WasmPlugin" in version "extensions.istio.io/v1"; write apiVersion: extensions.istio.io/v1alpha1',
  ],
  [
    "another group",
    { ...plugin, apiVersion: "extension.istio.io/v1alpha1" },
    'no matches for kind "WasmPlugin" in version "extension.istio.io/v1alpha1"',
  ],
  ["another kind", { ...plugin, kind: "Wasmplugin" }, "extensions.istio.io/v1alpha1 has TrafficExtension, WasmPlugin"],
  ["an old version", { ...httpbin()[2], apiVersion: "extensions/v1beta1" }, "write apiVersion: apps/v1"],
  ["a field on top", { ...plugin, Spec: {} }, "Spec is no field that a WasmPlugin has"],
  [
    "a number as label",
    { ...plugin, metadata: { name: "a", labels: { version: 1 } } },
    "metadata.labels.version must be a text",
  ],
  [
    "a target",
    { ...plugin, spec: { url: spec.url, targetRefs: [{ kind: "Pod", name: "p" }] } },
    "must be one of Service",
  ],
  [
    "bytes",
    { ...plugin, spec: { ...spec, pluginName: "\u00e9".repeat(129) } },
    "is longer than Istio takes, in bytes of UTF-8",
  ],
  ["no spec", { ...plugin, spec: undefined }, "WasmPlugin wasm-example: needs the field spec"],
  ["no url", { ...plugin, spec: {} }, "spec needs the field url"],
  ["no scheme", { ...plugin, spec: { url: "a.example:5000/wasm:v1" } }, "unsupported scheme: a.example"],
  ["bad phase", { ...plugin, spec: { ...spec, phase: "authn" } }, "spec.phase must be one of UNSPECIFIED_PHASE, AUTHN"],
  ["bad sha256", { ...plugin, spec: { ...spec, sha256: "sha256:12" } }, "spec.sha256 must match pattern"],
  [
    "two digests",
    { ...plugin, spec: { ...spec, sha256: "cd".repeat(32) } },
    "spec.sha256 is not the digest in the url",
  ],
  ["typo", { ...plugin, spec: { ...spec, pluginconfig: {} } }, 'spec has no field "pluginconfig"'],
  ["two targets", { ...plugin, spec: { ...spec, targetRefs: [] } }, "only one of selector and targetRefs can be set"],
  ["list as pluginConfig", { ...plugin, spec: { ...spec, pluginConfig: [] } }, "spec.pluginConfig must be object"],
  ["Deployment", { ...httpbin()[2], spec: {} }, "Deployment httpbin: spec needs the field selector"],
  ["no auths", { ...secret, data: { ".dockerconfigjson": "c2VjcmV0" } }, "must be a Docker config.json in base64"],
  [
    "two extensions",
    { ...plugin, kind: "TrafficExtension", spec: { wasm: { url: spec.url }, lua: { inlineCode: "x" } } },
    "TrafficExtension wasm-example: spec needs exactly one of wasm and lua",
  ],
])("refused: %s", (_, value, reason) => {
  expect(() => readManifests(JSON.stringify(value), "x.yaml")).toThrow(/^x\.yaml:\d+:\d+: /);
  expect(() => readManifests(JSON.stringify(value), "x.yaml")).toThrow(reason);
});

test("fields with nothing behind them are absent, but in a configuration", () => {
  const blank = {
    selector: null,
    match: null,
    targetRefs: null,
    vmConfig: { env: null },
    sha256: null,
    priority: null,
  };
  const pluginConfig = { a: null, b: [null, { c: null }] };
  const metadata = { name: "p", namespace: "", labels: null, annotations: null, creationTimestamp: null };
  const text = JSON.stringify({ ...plugin, metadata, status: null, spec: { ...blank, url: spec.url, pluginConfig } });
  expect(readManifests(text, "x.yaml").wasmPlugins).toEqual([
    { ...plugin, metadata: { name: "p" }, spec: { url: spec.url, priority: null, vmConfig: {}, pluginConfig } },
  ]);
  const whole = JSON.stringify({ ...plugin, spec: { url: spec.url, pluginConfig: null, vmConfig: null } });
  expect(readManifests(whole, "x.yaml").wasmPlugins[0]?.spec).toEqual({ url: spec.url });
});

test("a url without a scheme, and what is behind the end of a document, are warnings", () => {
  const text = `${toYaml([{ ...plugin, spec: { url: "a.example/wasm:v1" } }])}...\nmore`;
  expect(readManifests(text, "x.yaml").warnings).toEqual([
    expect.stringMatching(/^x\.yaml:\d+:1: Kubernetes does not read what follows the end of a document/),
    expect.stringMatching(
      /^x\.yaml:\d+:3: url "a\.example\/wasm:v1" has no scheme: .* write oci:\/\/a\.example\/wasm:v1$/,
    ),
  ]);
});
