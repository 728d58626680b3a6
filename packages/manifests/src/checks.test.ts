import { parseReference } from "@wasm-header-filter/oci";
import { expect, test } from "vitest";
import { isHeaderFilter, warnings } from "./checks.ts";

const as = { variant: "as", version: "1.0.0" };
const reference = (text: string) => parseReference(text);

test.each([
  ["a module without a variant", undefined, undefined, false],
  ["a variant of this repository", { ...as, name: "@wasm-header-filter/filter-as" }, undefined, true],
  ["a variant of another repository", { ...as, name: "guard" }, reference("a.example/wasm-header-filter"), false],
  ["a variant by its name", as, reference("a.example/x/wasm-header-filter"), true],
  ["a variant of another image", as, reference("a.example/guard"), false],
  ["a variant's download", as, undefined, true],
])("is %s the header filter", (_, variant, repository, expected) => {
  expect(isHeaderFilter(variant, repository)).toBe(expected);
});

test("a filter of one's own may be of type NETWORK", () => {
  const spec = { url: "oci://a.example/x", type: "NETWORK" as const };
  expect(warnings(spec, false, false)).toEqual([]);
  expect(warnings(spec, false, true)).toEqual([expect.stringContaining("type NETWORK: this filter works on HTTP")]);
});
