import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { randomConfiguration, randomNumber, spoiled } from "./fixtures/configurations.ts";
import { FIRST, type FilterHost, request, respond, startFilter } from "./fixtures/host.ts";
import { judge, type Verdict } from "./fixtures/oracle.ts";
import { Random } from "./fixtures/random.ts";
import { compilePlugin } from "./plugin.ts";

const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const text = (latin1: string) => strict.decode(Buffer.from(latin1, "latin1"));

let host: FilterHost;

beforeAll(async () => {
  host = startFilter((await compilePlugin(fileURLToPath(new URL("..", import.meta.url)))).module);
});

/** The configuration that the filter serves with. */
let current: Uint8Array = new Uint8Array();

/** What the filter makes of a configuration, in the oracle's words. */
function verdict(bytes: Uint8Array): Verdict {
  // The engine does not pass on a configuration that has not changed.
  const unchanged = Buffer.compare(current, bytes) === 0;
  host.seen();
  const good = host.reconfigure(FIRST, bytes);
  const { log } = host.seen();
  expect(log).toHaveLength(unchanged ? 0 : 1);
  const [line = ""] = log;
  if (!good) return { refused: line.replace("error header filter: configuration refused: ", "") };
  current = bytes;
  const added = respond(request(host));
  if (!unchanged)
    expect(line).toMatch(new RegExp(`^info header filter as \\S+: adding ${added.length} response headers$`));
  return { lines: added.map(([name, value]) => [text(name), text(value)]) };
}

/** How many random inputs: more where minutes don't matter. */
const ROUNDS = process.env.MODE === "all" ? 20_000 : 5_000;

test("random and spoiled configurations", () => {
  const seed = Number(process.env.SEED ?? 20261122);
  const random = new Random(seed);
  const refusals = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const configuration = randomConfiguration(random);
    const bytes = random.chance(70) ? utf8.encode(configuration) : spoiled(random, configuration);
    const expected = judge(bytes);
    const reason = "refused" in expected ? expected.refused.replace(/^header ".*":/s, "header:") : "good";
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    expect(verdict(bytes), `SEED=${seed}, round ${round}: ${Buffer.from(bytes).toString("base64")}`).toEqual(expected);
  }
  // The generator must reach every rule.
  expect([...refusals.keys()].sort()).toHaveLength(16);
});

test("random numbers next to where doubles change", () => {
  const seed = Number(process.env.SEED ?? 20261122);
  const random = new Random(seed);
  let good = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const number = randomNumber(random);
    const bytes = utf8.encode(`{"n":${number}}`);
    const expected = judge(bytes);
    if ("lines" in expected) good++;
    expect(verdict(bytes), `SEED=${seed}, round ${round}: ${number}`).toEqual(expected);
  }
  expect(good).toBeGreaterThan(ROUNDS / 5);
  expect(good).toBeLessThan((ROUNDS * 4) / 5);
});
