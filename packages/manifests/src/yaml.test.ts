import { expect, test } from "vitest";
import { parse } from "yaml";
import { fromYaml, toYaml } from "./yaml.ts";

// What one of YAML 1.1 and 1.2 would take for something else than text, or for structure.
const texts = [
  ...[
    "on",
    "Yes",
    "n",
    "y",
    "~",
    "null",
    "",
    " x ",
    "12:30",
    "1e3",
    "0x1f",
    "017",
    "0o17",
    "1_000",
    ".inf",
    "2001-01-01",
  ],
  ...[
    "<<",
    "=",
    "- a",
    "a: b",
    "#x",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "a\nb\n",
    "\u{1F600}",
    "\t",
    "\0",
    "x\u0085y",
    "\u2028",
  ],
];

test("texts stay texts in YAML 1.1 and 1.2, as keys too", () => {
  const resource = { list: texts, map: Object.fromEntries(texts.map((text) => [text, text])) };
  const yaml = toYaml([resource]);
  expect(parse(yaml, { version: "1.1" })).toEqual(resource);
  expect(parse(yaml, { version: "1.2" })).toEqual(resource);
  expect(fromYaml(yaml, "x")).toEqual([resource]);
});

test("what stands twice is written twice, not as an alias", () => {
  const labels = { app: "x" };
  expect(toYaml([{ a: labels, b: labels }])).toBe("a:\n  app: x\nb:\n  app: x\n");
});

test("documents are read as Kubernetes reads them", () => {
  const text = "---\n# nothing\n---\na: on\nb: 2001-01-01\nc: 12:30\nd: 0777\n---\n- 1\n";
  expect(fromYaml(text, "x")).toEqual([{ a: true, b: "2001-01-01", c: "12:30", d: 511 }, [1]]);
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
  expect(() => fromYaml(text, "x.yaml")).toThrow(reason);
});
