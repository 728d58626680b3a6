import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { randomConfiguration, randomNumber, spoiled } from "./configurations.ts";
import { FakeHost } from "./fake-host.ts";
import { judge, type Verdict } from "./oracle.ts";
import { compilePlugin } from "./plugin.ts";
import { Random } from "./random.ts";

const utf8 = new TextEncoder();
const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

let host: FakeHost;

beforeAll(async () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  host = new FakeHost(new WebAssembly.Module(await compilePlugin(folder)));
  host.create(1);
  host.create(2, 1);
});

/** What the filter makes of a configuration, in the oracle's words. */
function verdict(bytes: Uint8Array): Verdict {
  const { good, log } = host.configure(1, bytes);
  const [line, ...others] = log.map(({ level, message }) => `${level} ${text(message)}`);
  expect(others).toEqual([]);
  if (!good) return { refused: line?.replace("4 header filter: configuration refused: ", "") ?? "nothing logged" };
  const { added } = host.response(2);
  expect(line).toMatch(new RegExp(`^2 header filter as \\S+: adding ${added.length} response headers$`));
  return { lines: added.map(([name, value]) => [text(name), text(value)]) };
}

test("random and spoiled configurations", () => {
  const seed = Number(process.env.SEED ?? 20261122);
  const random = new Random(seed);
  const refusals = new Map<string, number>();
  for (let round = 0; round < 20_000; round++) {
    const configuration = randomConfiguration(random);
    const bytes = random.chance(70) ? utf8.encode(configuration) : spoiled(random, configuration);
    const expected = judge(bytes);
    const reason = "refused" in expected ? expected.refused.replace(/^header ".*":/s, "header:") : "good";
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    expect(verdict(bytes), `SEED=${seed}, round ${round}: ${Buffer.from(bytes).toString("base64")}`).toEqual(expected);
  }
  // The generator is of use only as long as it reaches every rule.
  expect([...refusals.keys()].sort()).toHaveLength(16);
});

test("random numbers next to where doubles change", () => {
  const seed = Number(process.env.SEED ?? 20261122);
  const random = new Random(seed);
  let good = 0;
  for (let round = 0; round < 20_000; round++) {
    const number = randomNumber(random);
    const bytes = utf8.encode(`{"n":${number}}`);
    const expected = judge(bytes);
    if ("lines" in expected) good++;
    expect(verdict(bytes), `SEED=${seed}, round ${round}: ${number}`).toEqual(expected);
  }
  expect(good).toBeGreaterThan(4000);
  expect(good).toBeLessThan(16_000);
});
