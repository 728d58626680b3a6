import { expect, test } from "vitest";
import { parseDocuments } from "./documents.ts";

const values = (text: string) => parseDocuments(text, "x").map(({ value }) => value);

test("documents are read as Kubernetes reads them", () => {
  const text = "---\n# nothing\n---\na: on\nb: 2001-01-01\nc: 12:30\nd: 0777\ne: -0o17\n---\n- 1\n";
  expect(values(text)).toEqual([{ a: true, b: "2001-01-01", c: "12:30", d: 511, e: -15 }, [1]]);
  expect(values("\ufeff%YAML 1.1\n--- # one\na: 1\n...\n%TAG ! x\n---\nb: 2\r\n---\r\nc: 3")).toEqual([
    { a: 1 },
    { b: 2 },
    { c: 3 },
  ]);
});

test("a pair of escapes is one character in JSON only", () => {
  expect(values('{"a": "\\ud83d\\ude00"}')).toEqual([{ a: "\u{1f600}" }]);
  expect(() => values('a: "\\ud83d\\ude00"')).toThrow("x:1:5: not valid YAML: found invalid Unicode character");
});

test("what Kubernetes passes over is a warning", () => {
  const [document, second] = parseDocuments("a: 1\n...\nb: 2\n---\nc: 3\n", "x.yaml");
  expect([document?.value, second?.value]).toEqual([{ a: 1 }, { c: 3 }]);
  expect(document?.warnings).toEqual([
    "x.yaml:3:1: Kubernetes does not read what follows the end of a document; begin a document with ---",
  ]);
  expect(second?.warnings).toEqual([]);
});

test("a path leads to a place, or to that of its nearest parent", () => {
  const [, second] = parseDocuments("a: 1\n---\nb:\n  - c: 1\n    d:\n      5: x\n", "f.yaml");
  const places = [[], ["b"], ["b", 0], ["b", 0, "d"], ["b", 0, "d", "5"], ["b", 0, "x", "y"], ["z"]];
  expect(places.map((path) => second?.at(path))).toEqual(
    ["3:1", "3:1", "4:5", "5:5", "6:7", "4:5", "3:1"].map((place) => `f.yaml:${place}`),
  );
});

test.each([
  ["a: [", "x.yaml:1:5: not valid YAML: did not find expected node content"],
  ["a: 1\nb: 2\na: 3", 'x.yaml:3:1: not valid YAML: key "a" already set in map; remove one of them'],
  ["1e300: a\n9e300: b", 'x.yaml:2:1: not valid YAML: the keys 1e+300 and 9e+300 are both ".inf" in JSON'],
  ["1: a\n'1': b", 'x.yaml:2:1: not valid YAML: the keys of types int and str are both "1" in JSON'],
  ["a: !!binary a", "x.yaml:1:4: not valid YAML: !!binary value contains invalid base64 data"],
  ["a: .inf", "x.yaml:1:4: not valid YAML: json: unsupported value: +Inf; put text into quotes"],
  ["\u{1f600}: *b", "x.yaml:1:4: not valid YAML: unknown anchor 'b' referenced"],
  ["a: \u007f", "x.yaml:1:4: not valid YAML: control characters are not allowed; write it as an escape"],
  ["[".repeat(1001), "x.yaml:1:1001: not valid YAML: nested deeper than 1000 levels"],
  [
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefgh"].map((key, i) => `${key}: &${key} [${`*${"abcdefg"[i]},`.repeat(9)}]`).join("\n")}`,
    "not valid YAML: document contains excessive aliasing",
  ],
])("refused: %s", (text, reason) => {
  expect(() => parseDocuments(text, "x.yaml")).toThrow(reason);
});

// Kubernetes takes it, and skips the first character of each line.
test("two byte order marks are refused", () => {
  expect(() => parseDocuments("\ufeff\ufeffa: 1\nb: 2\n", "x")).toThrow(
    "x:1:1: not valid YAML: two byte order marks; with them Kubernetes skips the first character of each line",
  );
});
