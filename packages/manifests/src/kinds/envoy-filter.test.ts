import { expect, test } from "vitest";
import type { WasmPluginSpec } from "../extension.ts";
import { EVERYTHING } from "../fixtures/plugin.ts";
import { readManifests } from "../read.ts";
import { toNotedYaml } from "../yaml.ts";
import { envoy } from "./envoy.ts";
import { envoyFilter } from "./envoy-filter.ts";

const { imagePullPolicy: _a, imagePullSecret: _b, verificationKey: _c, ...sayable } = EVERYTHING.spec;
const spec: WasmPluginSpec = { ...sayable, url: "https://a.example/main.wasm" };
const written = (changes: Partial<WasmPluginSpec> = {}) =>
  envoyFilter.write({ ...EVERYTHING, spec: { ...spec, ...changes } }).resource.spec;
const patches = (changes: Partial<WasmPluginSpec>) => written(changes)?.configPatches ?? [];

test("a download: each listener discovers the filter, which is one resource", () => {
  const all = patches({ phase: "STATS" });
  const before = { name: "envoy.filters.network.http_connection_manager", subFilter: { name: "istio.stats" } };
  const listener = { portNumber: 8000, filterChain: { filter: before } };
  expect(all[0]?.match).toEqual({ context: "SIDECAR_INBOUND", listener });
  expect(all.map(({ applyTo, match }) => [applyTo, match?.context, match?.listener?.portNumber])).toEqual([
    ["HTTP_FILTER", "SIDECAR_INBOUND", 8000],
    ["HTTP_FILTER", "SIDECAR_INBOUND", 80],
    ["HTTP_FILTER", "SIDECAR_OUTBOUND", undefined],
    ["HTTP_FILTER", "GATEWAY", undefined],
    ["EXTENSION_CONFIG", undefined, undefined],
  ]);
});

test("a file is configured in the listener itself", () => {
  const { selector: _, match: __, ...anywhere } = spec;
  const { resource } = envoyFilter.write({
    ...EVERYTHING,
    spec: { ...anywhere, url: "file:///etc/a%20b.wasm", targetRefs: [{ kind: "Service", name: "s" }] },
  });
  expect(JSON.stringify(resource)).toContain('"code":{"local":{"filename":"/etc/a b.wasm"}}');
  expect(resource.spec?.configPatches?.map(({ applyTo, patch }) => [applyTo, patch?.operation])).toEqual([
    ["HTTP_FILTER", "INSERT_FIRST"],
  ]);
  expect(resource.spec).toMatchObject({ targetRefs: [{ kind: "Service", name: "s" }] });
  expect(readManifests(toNotedYaml([{ resource, notes: [] }]), "x").envoyFilters).toEqual([resource]);
});

test("the highest priority comes first, whichever way patches are put in", () => {
  const priorities = (["AUTHN", "STATS", "UNSPECIFIED_PHASE"] as const).map((phase) => written({ phase })?.priority);
  expect(priorities).toEqual([10, -10, -10]);
});

test.each([
  [{ imagePullPolicy: "Always" as const }, "envoyfilter: has no field for imagePullPolicy"],
  [{ phase: "AUTHZ" as const }, "phase AUTHZ: not every proxy has a filter there"],
  [{ type: "NETWORK" as const }, "type NETWORK: it writes HTTP filters only"],
  [{ url: "oci://a.example/wasm:v1" }, "the proxy can't pull images; name a file with --module-path"],
  [{ sha256: "" }, "a download needs the checksum of the wasm file"],
])("refused: %j", (changes, reason) => {
  expect(() => written(changes)).toThrow(reason);
});

test("a plain Envoy has no pods to select", () => {
  const proxy = {
    listen: { host: "::1", port: 0 },
    admin: { host: "::1", port: 0 },
    upstream: new URL("http://[::1]:1"),
  };
  expect(() => envoy.write({ ...EVERYTHING, spec }, proxy)).toThrow("envoy: has no field for selector");
  const { url, sha256 = "" } = spec;
  const { resource } = envoy.write({ ...EVERYTHING, spec: { url, sha256 } }, proxy);
  expect(JSON.stringify(resource)).toContain('"sni":"a.example"');
});
