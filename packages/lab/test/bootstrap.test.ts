import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { unless } from "@wasm-header-filter/cli/testing";
import { findEnvoy } from "@wasm-header-filter/conformance";
import { startUpstream, type Upstream } from "@wasm-header-filter/conformance/upstream";
import { findRoot, readVariant } from "@wasm-header-filter/oci";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = findRoot(import.meta.dirname);
const module = readFileSync(readVariant(join(root, "packages/filter-as"))?.dist.module ?? "");
const dir = mkdtempSync(join(tmpdir(), "bootstrap-"));
const found = await findEnvoy();
const missing = "reason" in found ? found.reason : undefined;

let upstream: Upstream;
const asked: string[] = [];
const files = createServer((request, response) => {
  asked.push(request.url ?? "");
  response.end(request.url === "/plugin.wasm" ? module : "other bytes");
});
beforeAll(async () => {
  upstream = await startUpstream();
  await once(files.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  await upstream.close();
  files.close();
  rmSync(dir, { recursive: true });
});

/** Starts the real Envoy on what `manifests` writes. */
async function envoy(...options: readonly string[]) {
  const [config, admin] = [join(dir, "envoy.yaml"), join(dir, "admin")];
  rmSync(admin, { force: true });
  const args = ["--variant", "as", "--kind", "envoy", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const manifests = join(root, "node_modules", ".bin", "manifests");
  writeFileSync(
    config,
    execFileSync(manifests, [...args, "--upstream", upstream.url.origin, ...options], { cwd: root }),
  );
  const program = "path" in found ? found.path : "";
  const flags = ["-c", config, "--disable-hot-restart", "--concurrency", "1", "--admin-address-path", admin];
  const child = spawn(program, [...flags, "-l", "error"], { stdio: ["ignore", "ignore", "pipe"] });
  const log: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text) => log.push(text));
  const closed = once(child, "close");
  process.once("exit", () => child.kill("SIGKILL"));
  const get = async (path: string) => (await fetch(`http://${readFileSync(admin, "utf8")}${path}`)).text();
  const ready = async () => (await get("/ready").catch(() => "")) === "LIVE\n";
  while (child.exitCode === null && !(await ready())) await delay(20);
  return {
    log: () => log.join(""),
    get,
    listener: async () => `http://${/::(\S+)/.exec(await get("/listeners"))?.[1]}`,
    async close() {
      child.kill();
      await closed;
    },
  };
}

const url = (path: string) => `http://127.0.0.1:${(files.address() as AddressInfo).port}${path}`;

test.each([
  ["the variant's file", () => []],
  ["a download by its checksum", () => ["--module-url", url("/plugin.wasm")]],
])("Envoy runs what --kind envoy writes: %s", unless(missing), async (_, options) => {
  const proxy = await envoy(...options());
  try {
    const response = await fetch(`${await proxy.listener()}/headers`, { headers: { hello: "something" } });
    expect(response.status, proxy.log()).toBe(200);
    expect(response.headers.get("header_1")).toBe("some_value_1");
    expect(response.headers.get("header_2")).toBe("another_value");
    expect(await proxy.get("/stats/prometheus")).toContain("\nhello_header_counter{} 1\n");
  } finally {
    await proxy.close();
  }
});

test("every field that a plain Envoy knows is taken", unless(missing), async () => {
  const fields = ["--plugin-name", "root", "--fail-strategy", "FAIL_RELOAD", "--env", "A=1", "--env-from-host", "HOME"];
  const proxy = await envoy(...fields, "--set", "x=<&>", "--set", "y=\u00e9");
  try {
    const { headers } = await fetch(`${await proxy.listener()}/headers`);
    expect([headers.get("x"), Buffer.from(headers.get("y") ?? "", "latin1").toString()]).toEqual(["<&>", "\u00e9"]);
  } finally {
    await proxy.close();
  }
});

test.each([
  ["FAIL_CLOSE", 503],
  ["FAIL_OPEN", 200],
])("other bytes than the checksum's are not run, %s answers %i", unless(missing), async (strategy, status) => {
  const sha256 = createHash("sha256").update(module).digest("hex");
  const proxy = await envoy("--module-url", url("/changed.wasm"), "--sha256", sha256, "--fail-strategy", strategy);
  try {
    expect(asked).toContain("/changed.wasm");
    const response = await fetch(`${await proxy.listener()}/headers`);
    expect(response.status).toBe(status);
    expect(response.headers.has("header_1")).toBe(false);
  } finally {
    await proxy.close();
  }
});
