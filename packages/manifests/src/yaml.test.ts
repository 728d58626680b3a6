import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseDocuments } from "./documents.ts";
import { toNotedYaml, toYaml } from "./yaml.ts";

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
  expect(parseDocuments(yaml, "x").map(({ value }) => value)).toEqual([resource]);
});

test("what stands twice is written twice, not as an alias", () => {
  const labels = { app: "x" };
  expect(toYaml([{ a: labels, b: labels }])).toBe("a:\n  app: x\nb:\n  app: x\n");
});

test("notes are comments above what they are about", () => {
  const resource = { kind: "X", spec: { url: "u", list: [{ name: "nn" }] } };
  const notes = [
    { at: [], text: "The whole,\nin two lines." },
    { at: ["spec", "url"], text: "Of the URL." },
    { at: ["spec", "list", 0], text: "Of the item." },
    { at: ["spec", "absent"], text: "Never seen." },
  ];
  expect(toNotedYaml([{ resource, notes }])).toBe(
    "# The whole,\n# in two lines.\nkind: X\nspec:\n  # Of the URL.\n  url: u\n  list:\n    # Of the item.\n    - name: nn\n",
  );
});
