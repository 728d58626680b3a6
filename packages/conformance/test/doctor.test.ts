import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { examineModule } from "@wasm-header-filter/doctor";
import { assembleCase, BAD_MODULES, GOOD_MODULES, type ModuleCase } from "proxy-wasm-host/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { findEnvoy, startEnvoy } from "../src/index.ts";
import { type Serve, type Verdict, verdicts } from "./verdicts.ts";

/** The Envoy version that `modules.ts` describes. */
const MEASURED = /^1\.40\./;

const envoy = await findEnvoy();
const missing = "reason" in envoy ? envoy.reason : undefined;
const path = "path" in envoy ? envoy.path : "";
const measured = "version" in envoy && MEASURED.test(envoy.version);
const folder = temporaryFolder("doctor");
/** Never asked: each listener answers `/direct` itself. */
const upstream = new URL("http://127.0.0.1:9");
const cases = [...GOOD_MODULES, ...BAD_MODULES].filter(({ version }) => version === undefined);
const staying = cases.filter((one) => one.envoy !== "ends");
const named = (some: readonly ModuleCase[]) => some.map((one) => [one.name, one] as const);

/** What all processes logged. */
let log = "";

/** Runs one Envoy with a listener for each module. */
const serve: Serve<ModuleCase> = async (modules) => {
  const listeners = modules.map((one, at) => {
    const name = `case-${at}`;
    const module = join(folder.path, `${cases.indexOf(one)}.wasm`);
    writeFileSync(module, assembleCase(one));
    return { name, filters: [{ name, module }] };
  });
  const running = await startEnvoy({ envoy: path, listeners, upstream });
  try {
    const each: ("refuses" | "loads")[] = [];
    for (const { name } of listeners) {
      const { status } = await fetch(new URL("direct", running.url(name)));
      each.push(status === 500 ? "refuses" : "loads");
    }
    log += running
      .log()
      .map(({ text }) => `${text}\n`)
      .join("");
    return each;
  } finally {
    await running.close();
  }
};

/** What doctor says that Envoy logs; each message in parts, since doctor leaves out names. */
async function quotes(one: ModuleCase): Promise<string[][]> {
  const conditions = { envoy: "1.40", configuration: new Uint8Array(), configuredBy: "nothing" } as const;
  const { findings } = await examineModule(assembleCase(one), conditions);
  return findings
    .filter(({ rule }) => rule === one.rule)
    .flatMap(({ why }) => [...why.slice(why.indexOf("Envoy")).matchAll(/"([^"]+)"/g)])
    .map(([, quoted = ""]) => quoted.split("…"));
}

afterAll(() => folder.remove());

// filter-host's tests compare what doctor says of these modules with the same list.
describe("doctor's modules on Envoy", unless(missing), () => {
  let found: Map<ModuleCase, Verdict>;
  beforeAll(async () => {
    found = await verdicts(staying, serve, (line) => console.error(line));
  }, 600_000);

  test("is the Envoy that was measured", () => expect(measured).toBe(true));

  test.each(named(staying))("%s", (_, one) => expect(found.get(one)).toBe(one.envoy));

  test.each(named(staying.filter((one) => one.envoy === "refuses")))("%s: doctor quotes Envoy", async (_, one) => {
    const quoted = await quotes(one);
    const said = quoted.filter((parts) => parts.every((part) => log.includes(part)));
    expect(said, JSON.stringify(quoted)).not.toEqual([]);
  });

  test.each(named(cases.filter((one) => one.envoy === "ends")))("%s ends the process", async (_, one) => {
    await expect(serve([one])).rejects.toThrow("Envoy did not start");
  });
});
