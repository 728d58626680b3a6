import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { examineImage } from "@wasm-header-filter/doctor";
import type { Recording } from "@wasm-header-filter/flight-recorder";
import { createImage, digestOf, openLayout, writeLayout } from "@wasm-header-filter/oci";
import { filter, on } from "proxy-wasm-host/testing";
import { afterAll, expect, test } from "vitest";
import { Applier } from "../src/apply/applier.ts";
import { proxy } from "../src/fixtures/proxy.ts";
import { LOCAL, read } from "../src/fixtures/recording.ts";
import { ask } from "../src/fixtures/sockets.ts";
import { TRIAL_HOST } from "../src/platform/trial-host.ts";

const dir = mkdtempSync(join(tmpdir(), "source-maps-"));
afterAll(() => rmSync(dir, { recursive: true }));

const STACK = "Error: no\\0a    at check (function.mjs:1:1)";
const THROWS = filter(on("proxy_on_request_headers", `(drop (call $proxy_log (i32.const 4) "${STACK}"*))`));
const TRAPS = filter(on("proxy_on_request_headers", "unreachable"));
const MAP = { version: 3, sources: ["guard.ts"], names: [], mappings: "AAWM" };
/** Everything in the script, or in the module, comes from 12:7 of guard.ts. */
const SCRIPT_MAP = Buffer.from(JSON.stringify({ ...MAP, file: "filter.js" }));
const MODULE_MAP = Buffer.from(JSON.stringify(MAP));
const MAPPED = "Error: no\n    at check (guard.ts:12:7)";

test.each([1, 2])("the log and recordings of %i workers have the positions in the sources", async (workers) => {
  const plugins = [{ name: "p", module: THROWS, sourceMap: SCRIPT_MAP }];
  const answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
  const { host, said } = await proxy(() => [answer], undefined, { plugins, workers, admin: LOCAL });
  await ask(host.url, "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
  const { requests } = await read<Recording>(host.adminUrl, "/api/recording");
  expect(requests.flatMap(({ logs }) => logs)).toMatchObject([{ level: "error", message: MAPPED }]);
  expect(said("filter")).toEqual([MAPPED]);
});

const file = (name: string, module: Uint8Array, map: Uint8Array): string => {
  const path = join(dir, name);
  writeFileSync(path, module);
  writeFileSync(`${path}.map`, map);
  return path;
};

test("doctor reads the map beside a module: a trap's finding names the place", () => {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const path = file("traps.wasm", TRAPS, MODULE_MAP);
  let output = "";
  try {
    execFileSync(process.execPath, [main, "doctor", path], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  expect(output).toContain("proxy_on_request_headers trapped: unreachable, at guard.ts:12:7");
});

/** The chain of a WasmPlugin. */
async function applied(url: string, layouts: readonly string[]) {
  const text = `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: p, namespace: apps }
spec: { url: "${url}" }
`;
  const workload = { namespace: "apps", rootNamespace: "istio-system", labels: {}, port: 80 } as const;
  const applier = new Applier({ ...workload, mode: "SERVER", type: "HTTP" }, { layouts });
  const { chain } = await applier.apply([{ where: "p.yaml", text }]);
  applier.close();
  return chain;
}

test("apply reads the map beside a file", async () => {
  const chain = await applied(`file://${file("throws.wasm", THROWS, SCRIPT_MAP)}`, []);
  expect(chain).toMatchObject([{ sourceMap: SCRIPT_MAP }]);
});

test("apply and doctor read the map beside a layout, if it is the one that the image names", async () => {
  const annotations = { "wasm-header-filter.source-map": digestOf(MODULE_MAP) };
  const image = await createImage("compat", { module: TRAPS, abi: "0.2.1", annotations });
  const layout = join(dir, "packed/oci");
  await writeLayout(layout, image, "1.0");
  const url = "oci://registry.example/guard:1.0";
  for (const [map, found] of [
    [MODULE_MAP, MODULE_MAP],
    [SCRIPT_MAP, undefined],
  ] as const) {
    writeFileSync(join(dir, "packed/plugin.wasm.map"), map);
    expect(await applied(url, [layout])).toMatchObject([{ module: TRAPS, sourceMap: found }]);
    const source = { name: url, store: openLayout(layout), at: "1.0", pins: [] };
    const { findings } = await examineImage(source, { envoy: "1.40", host: TRIAL_HOST });
    expect(JSON.stringify(findings).includes("unreachable, at guard.ts:12:7")).toBe(found !== undefined);
  }
});
