/** A manifest for one of doctor's rules. `DIGEST` stands for the digest of the image that `v1` names. */
export interface ManifestCase {
  readonly name: string;
  readonly rule?: string;
  readonly yaml: string;
  readonly says?: string;
}

const resource = (kind: string, spec: string) =>
  `apiVersion: extensions.istio.io/v1alpha1\nkind: ${kind}\nmetadata: {name: wasm-example, namespace: default}\nspec:\n  ${spec.replaceAll("\n", "\n  ")}\n`;
const plugin = (spec: string) => resource("WasmPlugin", spec);
const URL = "url: oci://registry.example/wasm:v1";

export const GOOD_MANIFESTS: readonly ManifestCase[] = [
  { name: "a WasmPlugin", yaml: plugin(`selector: {matchLabels: {app: httpbin}}\n${URL}\npluginConfig: {a: "1"}`) },
  { name: "a TrafficExtension", yaml: resource("TrafficExtension", `wasm:\n  ${URL}\n  pluginConfig: {a: "1"}`) },
  { name: "a pinned one", yaml: plugin("url: oci://registry.example/wasm@sha256:DIGEST\nsha256: DIGEST") },
  { name: "a List", yaml: `apiVersion: v1\nkind: List\nitems:\n- ${plugin(URL).trimEnd().replaceAll("\n", "\n  ")}\n` },
  { name: "two, and a Service", yaml: `${plugin(URL)}---\n${plugin(URL)}---\napiVersion: v1\nkind: Service\n` },
];

export const BAD_MANIFESTS: readonly ManifestCase[] = [
  { rule: "manifest-yaml", name: "no YAML", yaml: "a: [", says: "plugin.yaml:1" },
  { rule: "manifest-none", name: "a Service alone", yaml: "apiVersion: v1\nkind: Service\n", says: "Service" },
  {
    rule: "manifest-envoyfilter",
    name: "an EnvoyFilter",
    yaml: `${plugin(URL)}---\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\n`,
  },
  {
    rule: "manifest-field",
    name: "a field misspelled",
    yaml: plugin(`${URL}\npluginconfig: {}`),
    says: "pluginconfig",
  },
  {
    rule: "manifest-field",
    name: "an unknown phase",
    yaml: plugin(`${URL}\nphase: LATE`),
    says: "spec.phase must be one of",
  },
  {
    rule: "manifest-field",
    name: "wasm and lua",
    yaml: resource("TrafficExtension", `wasm: {${URL}}\nlua: {inlineCode: x}`),
    says: "exactly one",
  },
  {
    rule: "manifest-targets",
    name: "two ways to select",
    yaml: plugin(`${URL}\nselector: {}\ntargetRefs: []`),
    says: "selector and targetRefs",
  },
  { rule: "manifest-url", name: "no url", yaml: plugin("pluginConfig: {}"), says: "has no url" },
  {
    rule: "manifest-url",
    name: "an unknown scheme",
    yaml: plugin("url: docker://registry.example/wasm:v1"),
    says: "unsupported scheme: docker",
  },
  { rule: "manifest-url", name: "capitals in the name", yaml: plugin("url: oci://registry.example/Wasm:v1") },
  { rule: "manifest-url", name: "a name without a registry", yaml: plugin("url: oci://wasm:v1") },
  {
    rule: "manifest-url-scheme",
    name: "no scheme",
    yaml: plugin('url: "localhost:5000/wasm:v1"'),
    says: "url: oci://localhost:5000/wasm:v1",
  },
  { rule: "manifest-sha256", name: "a digest for sha256", yaml: plugin(`${URL}\nsha256: sha256:DIGEST`) },
  {
    rule: "manifest-sha256",
    name: "digits that YAML takes for a number",
    yaml: plugin(`${URL}\nsha256: ${"1".repeat(64)}`),
  },
  { rule: "manifest-file", name: "a file", yaml: plugin("url: file:///plugin.wasm") },
  { rule: "manifest-http", name: "a web server without sha256", yaml: plugin("url: SERVER/plugin.wasm") },
  { rule: "manifest-tag", name: "no tag", yaml: plugin("url: oci://registry.example/wasm"), says: "names no tag" },
  {
    rule: "manifest-tag",
    name: "latest",
    yaml: plugin("url: oci://registry.example/wasm:latest"),
    says: "names the tag latest",
  },
  {
    rule: "manifest-pull",
    name: "Always with a digest",
    yaml: plugin(`${URL}\nsha256: DIGEST\nimagePullPolicy: Always`),
  },
  { rule: "manifest-secret", name: "a pull secret", yaml: plugin(`${URL}\nimagePullSecret: registry`) },
  {
    rule: "manifest-open",
    name: "a guard that fails open",
    yaml: plugin(`${URL}\nphase: AUTHN\nfailStrategy: FAIL_OPEN`),
  },
  {
    rule: "manifest-type",
    name: "HTTP callbacks as NETWORK",
    yaml: plugin(`${URL}\ntype: NETWORK`),
    says: "leave type out",
  },
  { rule: "manifest-lua", name: "Lua", yaml: resource("TrafficExtension", "lua: {inlineCode: x}") },
  { rule: "download-failed", name: "nothing at the address", yaml: plugin("url: SERVER/none\nsha256: MODULE") },
  {
    rule: "download-sha256",
    name: "another file",
    yaml: plugin(`url: SERVER/plugin.wasm\nsha256: "${"0".repeat(64)}"`),
  },
  {
    rule: "image-digest",
    name: "the module's digest",
    yaml: plugin(`${URL}\nsha256: MODULE`),
    says: "its sha256 pins",
  },
  { rule: "image-unreachable", name: "a tag that is not there", yaml: plugin("url: oci://registry.example/wasm:v2") },
  {
    rule: "trial-configuration",
    name: "a configuration that the module refuses",
    yaml: plugin(`${URL}\npluginConfig: {long: ${"x".repeat(60)}}`),
    says: 'its pluginConfig; it said: {"long":"x',
  },
];
