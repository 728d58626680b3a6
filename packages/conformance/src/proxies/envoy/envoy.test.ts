import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { unless } from "@wasm-header-filter/cli/testing";
import { expect, onTestFinished, test } from "vitest";
import { lives, processIn } from "../../environment/process-file.ts";
import { ensurePython } from "../../environment/python.ts";
import { temporaryFolder } from "../../environment/temporary.ts";
import { findEnvoy } from "./find.ts";
import { parseLine } from "./log.ts";
import { startEnvoy } from "./start.ts";

const found = await findEnvoy();
const missing = "reason" in found ? found.reason : undefined;
const envoy = "path" in found ? found.path : "";

test.each([
  ["warning wasm a b", { level: "warn", component: "wasm", text: "a b" }],
  [String.raw`info wasm \"\\\n\342\230\203\'`, { level: "info", component: "wasm", text: "\"\\\n☃'" }],
  ["no such line", undefined],
])("reads the line %s", (line, expected) => {
  expect(parseLine(line)).toEqual(expected);
});

test("$ENVOY that is not an Envoy is an error", async () => {
  await expect(findEnvoy({ ENVOY: "/nowhere/envoy" })).rejects.toThrow(
    "ENVOY=/nowhere/envoy: does not run here: spawnSync",
  );
  await expect(findEnvoy({ ENVOY: process.execPath })).rejects.toThrow("it prints no version");
});

test("without Python there is a reason, also in the second call", async () => {
  const folder = temporaryFolder("venv");
  onTestFinished(() => folder.remove());
  const venv = join(folder.path, ".venv");
  const missing = { reason: "python3 could not be run (spawn python3 ENOENT): install Python 3.10 or newer" };
  expect(await ensurePython({ PATH: "/nowhere" }, venv)).toEqual(missing);
  expect(await ensurePython({ PATH: "/nowhere" }, venv)).toEqual(missing);
});

test("an Envoy that does not start is an error with the last line of its log", unless(missing), async () => {
  const upstream = new URL("http://127.0.0.1:1");
  const taken = await startEnvoy({ envoy, listeners: [], upstream });
  const pid = taken.pid ?? 0;
  const admin = { host: "127.0.0.1", port: Number(taken.adminUrl.port) };
  await expect(startEnvoy({ envoy, listeners: [], upstream, admin })).rejects.toThrow(
    /^Envoy did not start: .*(Address already in use|cannot bind)/,
  );
  await taken.close();
  expect(lives(pid)).toBe(false);
});

test("a tethered process ends when its starter is killed", async () => {
  const folder = temporaryFolder("tether");
  onTestFinished(() => folder.remove());
  const pidFile = join(folder.path, "pid");
  const tether = new URL("../../environment/tether.ts", import.meta.url).href;
  const starter = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `const { tethered } = await import(${JSON.stringify(tether)});
     tethered("sh", ["-c", "echo $$ > ${pidFile}; exec sleep 600"], 1);
     setInterval(() => {}, 1000);`,
  ]);
  const pid = await until(() => processIn(pidFile) || undefined);
  starter.kill("SIGKILL");
  await once(starter, "close");
  await until(() => (lives(pid) ? undefined : true));
});

async function until<T>(get: () => T | undefined): Promise<T> {
  for (;;) {
    const value = get();
    if (value !== undefined) return value;
    await delay(10);
  }
}
