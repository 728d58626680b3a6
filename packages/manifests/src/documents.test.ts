import { expect, test } from "vitest";
import { parseDocuments } from "./documents.ts";

const values = (text: string) => parseDocuments(text, "x").map(({ value }) => value);

test("documents are read as Kubernetes reads them", () => {
  const text = "---\n# nothing\n---\na: on\nb: 2001-01-01\nc: 12:30\nd: 0777\ne: -0o17\n---\n- 1\n";
  expect(values(text)).toEqual([{ a: true, b: "2001-01-01", c: "12:30", d: 511, e: -15 }, [1]]);
});

test("a path leads to a place, or to that of its nearest parent", () => {
  const [, second] = parseDocuments("a: 1\n---\nb:\n  - c: 1\n    d:\n      5: x\n", "f.yaml");
  const places = [[], ["b"], ["b", 0], ["b", 0, "d"], ["b", 0, "d", "5"], ["b", 0, "x", "y"], ["z"]];
  expect(places.map((path) => second?.at(path))).toEqual(
    ["3:1", "3:1", "4:5", "5:5", "6:7", "4:5", "3:1"].map((place) => `f.yaml:${place}`),
  );
});

test.each([
  ["a: [", "x.yaml:1:5: not valid YAML: "],
  ["a: 1\nb: 2\na: 3", "x.yaml:3:1: not valid YAML: Map keys must be unique"],
  ["a: !!binary aGk=", "x.yaml:1:4: not valid YAML: Unresolved tag"],
  ["a: *b", "x.yaml: not valid YAML"],
  [
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefgh"].map((key, i) => `${key}: &${key} [${`*${"abcdefg"[i]},`.repeat(9)}]`).join("\n")}`,
    "x.yaml: not valid YAML",
  ],
])("refused: %s", (text, reason) => {
  expect(() => parseDocuments(text, "x.yaml")).toThrow(reason);
});
