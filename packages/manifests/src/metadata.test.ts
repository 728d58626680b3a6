import { verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { pathText } from "./faults.ts";
import { isName, isServiceName, METADATA_NULLS, metadataFaults } from "./metadata.ts";
import { withoutNulls } from "./nulls.ts";

const NAMES = [
  ...[
    "a",
    "a-b",
    "a.b",
    "1a",
    "a1",
    "A",
    "-a",
    "a-",
    "a.",
    ".a",
    "a..b",
    "a.-b",
    "a_b",
    "a b",
    "\u00e9",
    "",
    "--",
    "a.-",
  ],
  ...["a".repeat(63), "a".repeat(64), "a".repeat(253), "a".repeat(254), `${"a".repeat(64)}.b`, `${"a.".repeat(126)}a`],
];
const KEYS = [
  ...[
    "app",
    "App",
    "a_b",
    "a.b",
    "a-b",
    "-a",
    "a-",
    "_a",
    "a/b",
    "a.b/c",
    "A.b/c",
    "a/b/c",
    "/a",
    "a/",
    "",
    "a b",
    "\u00e9",
  ],
  ...[
    "k".repeat(63),
    "k".repeat(64),
    `a/${"k".repeat(63)}`,
    `${"a".repeat(253)}/k`,
    `${"a".repeat(254)}/k`,
    "*",
    "a:b",
  ],
];
const VALUES = [
  "",
  "v1",
  "V.1_2-3",
  "-",
  "a-",
  "a b",
  "a/b",
  "\u00e9",
  "v".repeat(63),
  "v".repeat(64),
  null,
  1,
  true,
  {},
  [],
];

const named = (fields: object) => ({ name: "a", ...fields });
const METADATA: readonly object[] = [
  {},
  ...NAMES.flatMap((name) => [{ name }, named({ generateName: name }), named({ namespace: name })]),
  ...KEYS.flatMap((key) => [named({ labels: { [key]: "x" } }), named({ annotations: { [key]: "x" } })]),
  ...VALUES.flatMap((value) => [named({ labels: { a: value } }), named({ annotations: { a: value } })]),
  ...[null, {}, [], "x", 1].flatMap((value) => [named({ labels: value }), named({ annotations: value })]),
  ...[null, 1, true, ["a"], {}].flatMap((name) => [{ name }, named({ namespace: name }), named({ uid: name })]),
  ...[
    null,
    "",
    "x",
    1,
    "2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00.5+02:00",
    "2026-01-31",
    "2026-01-31t12:00:00z",
  ].map((creationTimestamp) => named({ creationTimestamp })),
  ...[null, 0, 1, -1, 1.5, "1"].map((generation) => named({ generation })),
  ...[null, [], ["a/b"], ["a"], ["a b"], [""], [1], "a"].map((finalizers) => named({ finalizers })),
  ...[null, [], [{}], [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "u" }], [{ kind: "Pod", name: "p" }]].map(
    (ownerReferences) => named({ ownerReferences }),
  ),
  ...[null, [], [{}], [{ operation: "Apply" }], [{ operation: "X" }]].map((managedFields) => named({ managedFields })),
  ...["Name", "label", "clusterName", "selfLink", "resourceVersion", "deletionTimestamp"].map((field) =>
    named({ [field]: null }),
  ),
  ...["Name", "label", "clusterName", "selfLink", "resourceVersion"].map((field) => named({ [field]: "x" })),
];

test("metadata is what an API server takes", async () => {
  const inputs = ["WasmPlugin", "Service"].flatMap((kind) => METADATA.map((metadata) => ({ kind, metadata })));
  const distinct = new Map(inputs.map((input) => [JSON.stringify(input), input]));
  const asked = [...distinct].map(([name, input]) => ({ name, input }));
  const record = new URL("./metadata.record.json", import.meta.url);
  const said = await verdicts<{ readonly errors?: readonly string[] }>("metadata", asked, record);
  const differ = asked.flatMap(({ name, input: { kind, metadata } }) => {
    const isValid = kind === "Service" ? isServiceName : isName;
    const ours = metadataFaults(withoutNulls(metadata, METADATA_NULLS), isValid);
    const theirs = said.get(name)?.errors ?? [];
    return ours.length > 0 === theirs.length > 0 ? [] : [{ name: name.slice(0, 200), ours, theirs }];
  });
  expect(differ).toEqual([]);
  expect(asked.length).toBeGreaterThan(350);
});

test("annotations have a limit together, in bytes", () => {
  const annotations = (size: number) => ({ name: "a", annotations: { a: "\u00e9".repeat(size / 2), b: "" } });
  expect(metadataFaults(annotations(256 * 1024 - 2))).toEqual([]);
  expect(metadataFaults(annotations(256 * 1024)).map(({ path }) => pathText(path))).toEqual(["metadata.annotations"]);
});

test("a name that is to be generated is no name for apply", () => {
  expect(metadataFaults({ generateName: "a-" })).toEqual([
    { path: ["metadata", "generateName"], reason: expect.stringContaining("cannot use generate name with apply") },
  ]);
});
