import { verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { pathText } from "./faults.ts";
import { faultsOf, METADATA } from "./fixtures/metadata-forms.ts";
import { metadataFaults } from "./metadata.ts";

test("metadata is what an API server takes", async () => {
  const inputs = ["WasmPlugin", "Service"].flatMap((kind) => METADATA.map((metadata) => ({ kind, metadata })));
  const distinct = new Map(inputs.map((input) => [JSON.stringify(input), input]));
  const asked = [...distinct].map(([name, input]) => ({ name, input }));
  const record = new URL("./metadata.record.json", import.meta.url);
  const said = await verdicts<{ readonly errors?: readonly string[] }>("metadata", asked, record);
  const differ = asked.flatMap(({ name, input: { kind, metadata } }) => {
    const ours = faultsOf(kind, metadata);
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
