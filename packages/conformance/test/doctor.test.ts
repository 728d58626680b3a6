import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examineModule } from "../../filter-host/src/doctor/examination.ts";
import { assembleCase } from "../../filter-host/test/assemble.ts";
import { BAD_MODULES, GOOD_MODULES, type ModuleCase } from "../../filter-host/test/modules.ts";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { type Envoy, findEnvoy, startEnvoy } from "../src/index.ts";

/** The Envoy whose answers `modules.ts` has. */
const MEASURED = /^1\.40\./;

const envoy = await findEnvoy();
const missing = "reason" in envoy ? envoy.reason : undefined;
const path = "path" in envoy ? envoy.path : "";
const measured = "version" in envoy && MEASURED.test(envoy.version);
const folder = temporaryFolder("doctor");
const upstream = new URL("http://127.0.0.1:9");
const cases = [...GOOD_MODULES, ...BAD_MODULES].filter(({ version }) => version === undefined);
const named = (wanted: (one: ModuleCase) => boolean) => cases.filter(wanted).map((one) => [one.name, one] as const);
const staying = named((one) => one.envoy !== "ends");

/** A listener with nothing but the module of a case. */
function listener(one: ModuleCase) {
  const name = `case-${cases.indexOf(one)}`;
  const module = join(folder.path, `${name}.wasm`);
  writeFileSync(module, assembleCase(one));
  return { name, filters: [{ name, module }] };
}

/** What doctor says that Envoy logs, each saying in its parts where doctor leaves names out. */
function quotes(one: ModuleCase): string[][] {
  const conditions = { envoy: "1.40", configuration: new Uint8Array(), configuredBy: "nothing" } as const;
  return examineModule(assembleCase(one), conditions)
    .findings.filter(({ rule }) => rule === one.rule)
    .flatMap(({ why }) => [...why.slice(why.indexOf("Envoy")).matchAll(/"([^"]+)"/g)])
    .map(([, quoted = ""]) => quoted.split("…"));
}

afterAll(() => folder.remove());

// What doctor says of these modules is held against the same list beside its rules.
describe.skipIf(missing)(`doctor's modules on Envoy${missing ? ` (skipped: ${missing})` : ""}`, () => {
  let running: Envoy;
  let log = "";
  beforeAll(async () => {
    running = await startEnvoy({ envoy: path, listeners: staying.map(([, one]) => listener(one)), upstream });
  });
  afterAll(() => running?.close());

  test("is the Envoy that was measured", () => expect(measured).toBe(true));

  test.each(staying)("%s", async (_, one) => {
    const { status } = await fetch(new URL("direct", running.url(`case-${cases.indexOf(one)}`)));
    expect(status === 500 ? "refuses" : "loads").toBe(one.envoy);
  });

  test.each(named((one) => one.envoy === "refuses"))("%s: doctor quotes Envoy", (_, one) => {
    log += running
      .log()
      .map(({ text }) => `${text}\n`)
      .join("");
    const said = quotes(one).filter((parts) => parts.every((part) => log.includes(part)));
    expect(said, JSON.stringify(quotes(one))).not.toEqual([]);
  });

  test.each(named((one) => one.envoy === "ends"))("%s ends the process", async (_, one) => {
    const ended = async () => {
      const started = await startEnvoy({ envoy: path, listeners: [listener(one)], upstream });
      await started.close();
    };
    await expect(ended()).rejects.toThrow("Envoy did not start");
  });
});
