import { Failure } from "@wasm-header-filter/cli";
import { type Asked, verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { parseDocuments } from "../documents.ts";
import { YamlGenerator } from "../fixtures/generated-yaml.ts";

/** What sigs.k8s.io/yaml says. */
interface Verdict {
  readonly json?: unknown;
  readonly error?: string;
}

const generator = new YamlGenerator(12);
const distinct = (count: number, make: () => string): string[] => {
  const all = new Set<string>();
  while (all.size < count) all.add(make());
  return [...all];
};
const asked = (texts: readonly string[]): Asked[] => texts.map((text) => ({ name: JSON.stringify(text), input: text }));

/** As JSON with sorted keys; -0 is 0, as in a record. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)}}`;
}

function ours(text: string): string {
  try {
    const [document] = parseDocuments(text, "x");
    return canonical(document?.value);
  } catch (error) {
    if (error instanceof Failure && !error.message.includes("\n")) return "refused";
    throw error;
  }
}

/** Compares all texts and returns how many are refused. */
async function compare(texts: readonly string[], record: string): Promise<number> {
  const said = await verdicts<Verdict>("yaml", asked(texts), new URL(record, import.meta.url));
  const differ = texts.flatMap((text) => {
    const { json, error } = said.get(JSON.stringify(text)) ?? {};
    const theirs = error === undefined ? canonical(json) : "refused";
    return ours(text) === theirs ? [] : [{ text, ours: ours(text), theirs: error ?? theirs }];
  });
  expect(differ).toEqual([]);
  return texts.filter((text) => said.get(JSON.stringify(text))?.error !== undefined).length;
}

const SCALARS = [
  ...["e1", "E5", ".", "-.", "+.", "1e400", "-1e400", "1e-400", "0_", "_0", "0X1F", "0x_1F", "0B11", "0b-1", "-0b11"],
  ...[
    "0o17",
    "-0o17",
    "017",
    "08",
    "0777_7",
    "1_000.5",
    "._5",
    ".5_0",
    "-0",
    "-0.0",
    "+1",
    "+.5",
    "1.",
    "1.e5",
    "-.5e-3",
  ],
  ...[
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
  ],
  ...[
    "+9223372036854775808",
    "0xFFFFFFFFFFFFFFFF",
    "0x1FFFFFFFFFFFFFFFF",
    "12:30",
    "1:2:3.5",
    "2001-01-01",
    "2001-13-01",
  ],
  ...[
    ".inf",
    "-.Inf",
    "+.INF",
    ".nan",
    ".NAN",
    "+.nan",
    ".iNf",
    "y",
    "Y",
    "yes",
    "yEs",
    "on",
    "Off",
    "NO",
    "true",
    "tRue",
  ],
  ...["~", "null", "Null", "NULL", "nUll", "''", "=", "<<", "- a", "!!int 1", "!!int x", "!!float 1", "!!float 0x10"],
  ...[
    "!!bool yes",
    "!!bool 1",
    "!!null x",
    "!!null",
    "!!str",
    "!!str 1",
    "! 1",
    "!foo 1",
    "!!binary aGk=",
    "!!binary x",
  ],
  ...[
    "!!binary //79",
    "!!timestamp 2001-01-01",
    "!!timestamp x",
    "!!timestamp 2001-02-29",
    "!!set {a}",
    "!!omap [a: 1]",
  ],
  ...['"\\ud800"', '"\\ud83d\\ude00"', '"\\U0001F600"', '"\\U00110000"', '"\\q"', '"\\/"', '"a\\\n  b"', "'a\n\n  b'"],
  ...[
    "\u007f",
    "\u0085",
    "a\u0085b",
    "\u00a0",
    "a\u2028b",
    "\ufeff",
    "\u0007",
    "@a",
    "`a",
    "%a",
    "a#b",
    "a #b",
    "a: b",
  ],
];

test("scalars", async () => {
  const texts = [...SCALARS, ...distinct(240, () => generator.scalar())];
  expect(new Set(texts).size).toBeGreaterThanOrEqual(300);
  const values = texts.map((text) => `a: ${text}\n`);
  const keys = texts.slice(0, 160).map((text) => `? ${text}\n: 1\n`);
  const refused = await compare([...values, ...keys], "./scalars.record.json");
  expect(refused).toBeGreaterThan(30);
});

const DOCUMENTS = [
  ...["", "\n", "# only\n", "---\n", "---\n...\n", "\ufeffa: 1\n", "%YAML 1.1\n---\na: 1\n", "%YAML 1.2\n---\na: 1\n"],
  ...[
    "%TAG !e! tag:yaml.org,2002:\n---\na: !e!int 5\n",
    "%FOO\n---\na\n",
    "a: 1\n...\nb: 2\n",
    "--- {a: 1}\n",
    "--- a: 1\n",
  ],
  ...[
    "a: 1\r\nb:\r\n  - c\r\n",
    "a: |\r\n  x\r\n  y\r\n",
    "a:\tb\n",
    "a: b\t\n",
    "\ta: 1\n",
    "a:\n\t- b\n",
    "- \ta: 1\n",
  ],
  ...[
    "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n",
    "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n",
    "a: &x {b: 1}\nc: {<<: [*x, {d: 1}]}\n",
  ],
  ...["<<: 1\n", "<<: [1]\n", "'<<': 1\n", "! '<<': {a: 1}\n", "a: &x [*x]\n", "a: *x\n", "a: &x 1\nb: *x\n*x : 2\n"],
  ...["a: 1\na: 2\n", "true: a\nyes: b\n", "{a: 1, a: 1}\n", "null: 1\n", "? [a]\n: 1\n", "? {a: 1}\n: 1\n"],
  ...[
    "1e300: a\n",
    "1.5: a\n",
    "1000000.0: a\n",
    "0.00001: a\n",
    "2001-01-01: a\n",
    "18446744073709551615: a\n",
    "!!binary aGk= : a\n",
  ],
  ...[
    "[a] b\n",
    '"a" b\n',
    "{a: 1} x\n",
    "{a}\n",
    "{a, b: , : c}\n",
    "[a: b, ? c]\n",
    "[? : a]\n",
    "[a,,b]\n",
    "[,]\n",
    "{a:1}\n",
  ],
  ...[
    '{"a":1}\n',
    "[a:b]\n",
    "{a: [b}\n",
    "a: [b,\nc]\n",
    "a: [b,\n c]\n",
    "a: 'b\nc'\n",
    "a:\n- b\n- c\nd: 1\n",
    "- - a\n  - b\n- c\n",
  ],
  ...[
    "a: >\n  b\n  c\n\n  d\n   e\n  f\n",
    "a: |+\n  b\n\n\nc: 1\n",
    "a: |2\n    b\n   c\n",
    "a: |0\n  b\n",
    "a: |\n b\n  c\n d\n",
    "a: >-2\n   b\n",
  ],
  ...[
    "a: b: c\n",
    "a: 'b': c\n",
    "a\nb: c\n",
    "? a\n? b\n: c\n",
    ": a\n",
    "? a\n- b\n",
    "a: !!str\nb: &x\n",
    "a: & b\n",
    "a: !<x b\n",
  ],
  ...[
    `${"k".repeat(1024)}: 1\n`,
    `${"k".repeat(1025)}: 1\n`,
    "\u{1f600}: 1\n\u{1f601}: 2\n",
    "? \u{1f600}\n: - a\n  - b\n",
    "__proto__: {a: 1}\n",
  ],
];

test("documents", async () => {
  const generated = [...distinct(150, () => generator.lines()), ...distinct(150, () => generator.pieces())];
  const texts = [...new Set([...DOCUMENTS, ...generated])];
  expect(texts.length).toBeGreaterThanOrEqual(350);
  const refused = await compare(texts, "./documents.record.json");
  expect(refused).toBeGreaterThan(100);
  expect(texts.length - refused).toBeGreaterThan(100);
});
