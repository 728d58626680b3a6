import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Recording } from "@wasm-header-filter/flight-recorder";
import { afterAll, expect, test } from "vitest";
import { GET, proxy } from "../src/fixtures/proxy.ts";
import { ask } from "../src/fixtures/sockets.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const ANSWER = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
const folder = mkdtempSync(join(tmpdir(), "record-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, "record", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, "close");
  return { status, stderr };
}

test("a recording is saved as a page, or as JSON from which a page is made later", async () => {
  const { host } = await proxy(() => [ANSWER], undefined, { admin: { host: "127.0.0.1", port: 0 } });
  const [json, html] = [join(folder, "run.json"), join(folder, "run.html")];
  const recorded = run("--admin", String(host.adminUrl), "--requests", "1", "--out", json);
  let waits = true;
  const ended = recorded.finally(() => {
    waits = false;
  });
  // Only requests that come after the command has connected count.
  while (waits) {
    await ask(host.url, GET);
    await setTimeout(20);
  }
  expect(await ended).toEqual({ status: 0, stderr: expect.stringMatching(/run\.json: \d+ requests?, 1 plugin\n/) });
  expect(JSON.parse(readFileSync(json, "utf8")).requests[0]).toMatchObject({ path: "/", status: 200 });
  expect((await run("--from", json, "--out", html)).status).toBe(0);
  const page = readFileSync(html, "utf8");
  expect(page).toContain('<script type="application/json" id="recording">{"format":"filter-host-recording/1"');
  expect(page).not.toMatch(/\b(?:src|href)="(?!data:)/);
});

test("the requests of several workers are saved", async () => {
  const { host } = await proxy(() => [ANSWER], undefined, { workers: 2, admin: { host: "127.0.0.1", port: 0 } });
  await Promise.all(Array.from({ length: 20 }, () => ask(host.url, GET)));
  const json = join(folder, "workers.json");
  expect((await run("--admin", String(host.adminUrl), "--out", json)).stderr).toMatch(/: 20 requests, 1 plugin\n/);
  const { requests } = JSON.parse(readFileSync(json, "utf8")) as Recording;
  expect(new Set(requests.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
});

test("an invalid recording and an unreachable host are one line each", async () => {
  const file = join(folder, "none.json");
  writeFileSync(file, "{}");
  expect(await run("--from", file, "--out", join(folder, "x.html"))).toEqual({
    status: 1,
    stderr: expect.stringMatching(/none\.json: not a recording; expected .*\n$/),
  });
  expect(await run("--admin", "http://127.0.0.1:1", "--out", join(folder, "x.html"))).toEqual({
    status: 1,
    stderr: expect.stringMatching(/--admin http:\/\/127\.0\.0\.1:1: the recording could not be fetched: .*\n$/),
  });
  expect((await run("--from", file, "--seconds", "1", "--out", "x")).status).toBe(2);
});
