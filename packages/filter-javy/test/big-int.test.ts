import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embed } from "proxy-wasm-host";
import { beforeAll, expect, test } from "vitest";
import { comparisons } from "../../filter-js/test/comparisons.ts";
import { bundle } from "../src/bundle.ts";
import { buildFilter } from "../src/index.ts";
import { conversions, results } from "./big-int.ts";

const COUNT = 1000;

/** Operations that the engine gets wrong, as the README says. */
const WRONG = ["< a number", "> a number"];

let lines: string[];
beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), "filter-javy-test-"));
  try {
    const file = join(dir, "filter.ts");
    writeFileSync(
      file,
      `import { conversions, results } from ${JSON.stringify(join(import.meta.dirname, "big-int.ts"))};
      import { comparisons } from ${JSON.stringify(join(import.meta.dirname, "../../filter-js/test/comparisons.ts"))};
      export default (host) => ({
        onConfigure() {
          for (const line of [...conversions(), ...results(${COUNT}), ...comparisons()]) host.log(3, line);
          return {};
        },
      });`,
    );
    const logged: string[] = [];
    const { module } = await buildFilter(file);
    embed({ plugins: [{ name: "test", module }], log: ({ message }) => logged.push(message) });
    // The host configures a filter in a VM for trial first.
    lines = logged.slice(logged.length / 2);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("BigInt.asUintN converts its arguments, throws and is defined as in Node", () => {
  const expected = conversions();
  expect(lines.slice(0, expected.length)).toEqual(expected);
});

test("what is done with BigInts has Node's results, but for what the README lists", () => {
  const ours = lines.slice(conversions().length, -comparisons().length);
  const expected = [...results(COUNT)];
  expect(ours).toHaveLength(COUNT);
  const wrong = new Set<string>();
  for (const [at, line] of expected.entries()) {
    const theirs = line.split("|");
    const [inputs, ...outcomes] = (ours[at] ?? "").split("|");
    expect(inputs).toBe(theirs[0]);
    for (const [index, outcome] of outcomes.entries()) {
      const other = theirs[index + 1] ?? "";
      const name = other.replace(/: .*/, "");
      if (outcome !== other && WRONG.includes(name)) wrong.add(name);
      else expect(outcome, inputs).toBe(other);
    }
  }
  expect([...wrong].sort()).toEqual(WRONG);
});

test("a BigInt is compared with a number as the README says", () => {
  expect(lines.slice(-comparisons().length)).toEqual(comparisons(true));
});

test("a filter that doesn't name BigInt.asUintN gets no replacement of it", async () => {
  const { script: header } = await bundle(new URL("../guest/header-filter.ts", import.meta.url).pathname);
  expect(header).not.toContain("asUintN");
});
