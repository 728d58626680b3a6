import { type Asked, verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { YamlGenerator } from "../fixtures/generated-yaml.ts";
import { readFirst, saidOf, type YamlVerdict } from "../fixtures/read-yaml.ts";
import { DOCUMENTS, SCALARS } from "../fixtures/yaml-forms.ts";

const generator = new YamlGenerator(12);
const distinct = (count: number, make: () => string): string[] => {
  const all = new Set<string>();
  while (all.size < count) all.add(make());
  return [...all];
};
const asked = (texts: readonly string[]): Asked[] => texts.map((text) => ({ name: JSON.stringify(text), input: text }));

/** Compares all texts and returns how many are refused. */
async function compare(texts: readonly string[], record: string): Promise<number> {
  const said = await verdicts<YamlVerdict>("yaml", asked(texts), new URL(record, import.meta.url));
  const differ = texts.flatMap((text) => {
    const theirs = said.get(JSON.stringify(text)) ?? {};
    const ours = readFirst(text);
    return ours === saidOf(theirs) ? [] : [{ text, ours, theirs }];
  });
  expect(differ).toEqual([]);
  return texts.filter((text) => said.get(JSON.stringify(text))?.error !== undefined).length;
}

test("scalars", async () => {
  const texts = [...SCALARS, ...distinct(240, () => generator.scalar())];
  expect(new Set(texts).size).toBeGreaterThanOrEqual(300);
  const values = texts.map((text) => `a: ${text}\n`);
  const keys = texts.slice(0, 160).map((text) => `? ${text}\n: 1\n`);
  const refused = await compare([...values, ...keys], "./scalars.record.json");
  expect(refused).toBeGreaterThan(30);
});

test("documents", async () => {
  const generated = [...distinct(150, () => generator.lines()), ...distinct(150, () => generator.pieces())];
  const texts = [...new Set([...DOCUMENTS, ...generated])];
  expect(texts.length).toBeGreaterThanOrEqual(350);
  const refused = await compare(texts, "./documents.record.json");
  expect(refused).toBeGreaterThan(100);
  expect(texts.length - refused).toBeGreaterThan(100);
});
