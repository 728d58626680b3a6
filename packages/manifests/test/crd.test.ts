import { existsSync, readFileSync } from "node:fs";
import { unless } from "@wasm-header-filter/cli/testing";
import { describe, expect, test } from "vitest";
import { definition } from "../src/fixtures/definition.ts";
import { EVERYTHING } from "../src/fixtures/plugin.ts";
import type { ManifestInput } from "../src/input.ts";
import { trafficExtension, trafficExtensionFaults } from "../src/kinds/traffic-extension.ts";
import { wasmPlugin, wasmPluginFaults } from "../src/kinds/wasm-plugin.ts";

const folder = new URL("../../../../shared/crds/", import.meta.url);
const missing = existsSync(folder)
  ? undefined
  : "Istio's custom resource definitions are not there: put them into shared/crds beside the repository";

const KINDS = {
  WasmPlugin: { definition: "wasmplugins", write: wasmPlugin.write, faults: wasmPluginFaults },
  TrafficExtension: { definition: "trafficextensions", write: trafficExtension.write, faults: trafficExtensionFaults },
};

const target = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "g" };
const URL_ = "oci://a.example/wasm:v1";

/** Values of each field of a WasmPlugin, good and bad. */
const VALUES: Record<string, readonly unknown[]> = {
  selector: [
    {},
    { matchLabels: { app: "x" } },
    { matchLabels: { "a*": "x" } },
    { matchLabels: { "": "x" } },
    { matchLabels: { app: "*" } },
    { matchLabels: { app: "x".repeat(64) } },
    { labels: {} },
  ],
  targetRefs: [
    [target],
    [],
    [{ ...target, namespace: "" }],
    [{ ...target, namespace: "x" }],
    [{ ...target, group: "A" }],
    [{ kind: "Gateway" }],
    [{ ...target, kind: "1" }],
    Array(17).fill(target),
  ],
  phase: ["AUTHN", "AUTHZ", "STATS", "authn", ""],
  priority: [0, -5, null, 1.5, "1"],
  match: [
    [],
    [{ mode: "SERVER", ports: [{ number: 80 }] }],
    [{ mode: "BOTH" }],
    [{ ports: [{ number: 0 }] }],
    [{ ports: [{ number: 80 }, { number: 80 }] }],
    [{ ports: [{}] }],
    {},
  ],
  url: [
    URL_,
    "https://a.example/x.wasm",
    "http://a.example:80/x",
    "file:///x.wasm",
    "ftp://a.example/x",
    "",
    1,
    "oci://a.example/x y",
  ],
  sha256: ["ab".repeat(32), "", "AB".repeat(32), "sha256:12"],
  imagePullPolicy: ["IfNotPresent", "Always", "UNSPECIFIED_POLICY", "Never"],
  imagePullSecret: ["x", "", "x".repeat(254)],
  verificationKey: ["x", 1],
  pluginConfig: [{}, { a: [{ b: null }] }, [], "x"],
  pluginName: ["x", "", "x".repeat(257)],
  failStrategy: ["FAIL_OPEN", "FAIL_CLOSE", "FAIL_RELOAD", "FAIL"],
  vmConfig: [
    {},
    {
      env: [
        { name: "A", value: "1" },
        { name: "B", valueFrom: "HOST" },
      ],
    },
    { env: [{ name: "A", valueFrom: "HOST", value: "" }] },
    { env: [{ name: "A" }, { name: "A" }] },
    { env: [{ name: "" }] },
    { env: [{ value: "1" }] },
    { memory: 1 },
  ],
  type: ["HTTP", "NETWORK", "TCP"],
  extra: [1],
};
const PLACEMENT = new Set(["selector", "targetRefs", "phase", "priority", "match"]);

/** What we refuse though the definition takes it, because Istio then drops the plugin or reads it otherwise than it looks. */
const OURS = [/must be one of Service/, /is not valid/, /not a valid URL/, /names no registry/];

describe.each(Object.entries(KINDS))("%s, by the definition that Istio ships", unless(missing), (kind, of) => {
  const faults = missing
    ? () => []
    : definition(readFileSync(new URL(`${of.definition}.extensions.istio.io.yaml`, folder), "utf8"));
  const shaped = (fields: Record<string, unknown>) => {
    if (kind === "WasmPlugin") return fields;
    const entries = Object.entries(fields);
    const place = entries.filter(([name]) => PLACEMENT.has(name));
    return { ...Object.fromEntries(place), wasm: Object.fromEntries(entries.filter(([name]) => !PLACEMENT.has(name))) };
  };
  const compare = (fields: Record<string, unknown>) => {
    const spec = shaped(fields);
    const [theirs, ours] = [faults(spec), of.faults(spec)];
    const message = `${JSON.stringify(spec)}: ${JSON.stringify({ theirs, ours })}`;
    if (theirs.length > 0) expect(ours, message).not.toEqual([]);
    else
      expect(
        ours.filter(({ reason }) => !OURS.some((known) => known.test(reason))),
        message,
      ).toEqual([]);
    return theirs.length > 0;
  };

  const { selector: _, ...unselected } = EVERYTHING.spec;
  const written: ManifestInput[] = [
    EVERYTHING,
    { ...EVERYTHING, spec: { url: URL_ } },
    { ...EVERYTHING, spec: { ...unselected, targetRefs: [target] } },
  ];
  test("takes what we write", () => {
    for (const input of written) expect(faults(of.write(input).resource.spec)).toEqual([]);
  });

  test("refuses no value of a field that we take, and we take all that it does", () => {
    const refused = Object.entries(VALUES).flatMap(([name, values]) =>
      values.filter((value) => compare({ url: URL_, [name]: value })),
    );
    expect(refused.length).toBeGreaterThan(30);
  });

  test("agrees on any two fields together", () => {
    const names = Object.keys(VALUES);
    const pairs = names.flatMap((a, at) => names.slice(at + 1).map((b) => [a, b] as const));
    let refused = 0;
    for (const [a, b] of pairs) {
      for (const left of VALUES[a]?.slice(0, 3) ?? []) {
        for (const right of VALUES[b]?.slice(0, 3) ?? []) if (compare({ url: URL_, [a]: left, [b]: right })) refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  test("agrees on a module's absence", () => {
    compare({});
    if (kind === "TrafficExtension") {
      for (const spec of [
        {},
        { lua: { inlineCode: "x" } },
        { lua: { inlineCode: "" } },
        { wasm: { url: URL_ }, lua: { inlineCode: "x" } },
      ]) {
        expect(of.faults(spec).length > 0, JSON.stringify(spec)).toBe(faults(spec).length > 0);
      }
    }
  });
});

test("selector and targetRefs together break the definition's CEL rule", unless(missing), () => {
  const faults = definition(readFileSync(new URL("wasmplugins.extensions.istio.io.yaml", folder), "utf8"));
  expect(faults({ url: URL_, selector: {}, targetRefs: [] })).toEqual([
    " only one of targetRefs or selector can be set",
  ]);
  expect(faults({ url: "ftp://a/b" })).toEqual(["/url url must have schema one of [http, https, file, oci]"]);
});
