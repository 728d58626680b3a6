import { readManifests } from "@wasm-header-filter/manifests";
import { expect, test } from "vitest";
import { plugin, WORKLOAD } from "../fixtures/apply.ts";
import { environmentOf } from "./environment.ts";
import { pluginName } from "./extension.ts";
import { planFor } from "./plan.ts";
import type { Workload } from "./workload.ts";

const url = "oci://registry.example/wasm:v1";
const plan = (documents: readonly object[], workload: Partial<Workload> = {}) => {
  const text = documents.map((one) => `---\n${JSON.stringify(one)}\n`).join("");
  return planFor(readManifests(text, "x.yaml"), { ...WORKLOAD, ...workload });
};

/** A resource of another namespace or age. */
const with_ = (resource: { metadata: object }, metadata: object) => ({
  ...resource,
  metadata: { ...resource.metadata, ...metadata },
});

test("by phase, priority, namespace, age and name, as in Istio", () => {
  const old = { creationTimestamp: "2026-01-01T00:00:00Z" };
  const { chain, leftOut } = plan([
    plugin("none", { url }),
    plugin("stats", { url, phase: "STATS" }),
    plugin("b", { url, phase: "AUTHZ" }),
    plugin("a", { url, phase: "AUTHZ" }),
    with_(plugin("z-old", { url, phase: "AUTHZ" }), old),
    with_(plugin("a-mesh", { url, phase: "AUTHZ" }), { namespace: "istio-system", ...old }),
    plugin("low", { url, phase: "AUTHZ", priority: -1 }),
    plugin("high", { phase: "AUTHZ", priority: 10, wasm: { url } }, "TrafficExtension"),
    plugin("authn", { phase: "AUTHN", wasm: { url } }, "TrafficExtension"),
    plugin("unspecified", { phase: "UNSPECIFIED", priority: 1, wasm: { url } }, "TrafficExtension"),
  ]);
  expect(leftOut).toEqual([]);
  expect(chain.map(({ name }) => name)).toEqual([
    "authn",
    "high",
    "low",
    "z-old",
    "a",
    "b",
    "a-mesh",
    "stats",
    "unspecified",
    "none",
  ]);
  expect(chain.map(pluginName).filter((name) => !name.endsWith("~istio-translated-wasmplugin"))).toEqual([
    "default.authn",
    "default.high",
    "default.unspecified",
  ]);
});

const gateway = { "gateway.networking.k8s.io/gateway-name": "front" };
const targetRefs = [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "front" }];
test.each<[string, object, Partial<Workload>, string | undefined]>([
  ["no selector", {}, {}, undefined],
  ["its labels", { selector: { matchLabels: { app: "httpbin" } } }, {}, undefined],
  [
    "other labels",
    { selector: { matchLabels: { app: "httpbin", version: "v2" } } },
    {},
    "selects version=v2, the workload has app=httpbin,version=v1",
  ],
  ["another namespace", {}, { namespace: "prod" }, "is for namespace default, the workload is in prod"],
  ["the root namespace", {}, { namespace: "prod", rootNamespace: "default" }, undefined],
  ["a gateway, beside a sidecar", { targetRefs }, {}, "is for Gateway front, and sidecars take no targetRefs"],
  ["a gateway", { targetRefs }, { labels: gateway }, undefined],
  ["another gateway", { targetRefs: [{ ...targetRefs[0], name: "back" }] }, { labels: gateway }, "of Gateway front"],
  ["TCP", { type: "NETWORK" }, {}, "is of type NETWORK, which runs only with --tcp"],
  ["HTTP with --tcp", {}, { type: "NETWORK" }, "is of type HTTP, which does not run with --tcp"],
  ["its port", { match: [{ ports: [{ number: 80 }] }] }, {}, undefined],
  ["another port", { match: [{ ports: [{ number: 81 }] }] }, {}, "matches any mode:81, the traffic is SERVER:80"],
  ["the other way", { match: [{ mode: "CLIENT" }] }, {}, "matches CLIENT, the traffic is SERVER:80"],
  ["either way", { match: [{ mode: "CLIENT" }, { mode: "CLIENT_AND_SERVER" }] }, {}, undefined],
  ["the other way, there", { match: [{ mode: "CLIENT", ports: [{ number: 80 }] }] }, { mode: "CLIENT" }, undefined],
])("is it for the workload: %s", (_, spec, workload, reason) => {
  const { chain, leftOut } = plan([plugin("p", { url, ...spec })], workload);
  expect(chain).toHaveLength(reason === undefined ? 1 : 0);
  expect(leftOut).toEqual(
    reason === undefined ? [] : [{ resource: "WasmPlugin default/p", reason: expect.stringContaining(reason) }],
  );
});

test("what is no Wasm is left out by name", () => {
  const lua = plugin("l", { lua: { inlineCode: "x" } }, "TrafficExtension");
  expect(plan([lua]).leftOut).toEqual([
    {
      resource: "TrafficExtension default/l",
      reason: "has no wasm, and only WasmPlugins and TrafficExtensions with it are applied",
    },
  ]);
});

test("variables are inline or the host's; Istio's own don't reach the module", () => {
  const env = [
    { name: "A", value: "1" },
    { name: "B" },
    { name: "ISTIO_META_X", value: "1" },
    { name: "HOME", valueFrom: "HOST" as const },
    { name: "NONE", valueFrom: "HOST" as const },
  ];
  expect(environmentOf({ vmConfig: { env } }, { HOME: "/h" })).toEqual({ A: "1", B: "", HOME: "/h" });
  expect(environmentOf({}, { HOME: "/h" })).toEqual({});
});
