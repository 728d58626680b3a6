import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { unless } from "@wasm-header-filter/cli/testing";
import { findEnvoy, startHttpbin } from "@wasm-header-filter/conformance";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = findRoot(import.meta.dirname);
const variants = findVariants(root, process.env.MODE === "all" ? "all" : "default").map(({ variant }) => ({ variant }));
const FREE = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];

/** Runs the command as `npm start` does, and returns what it printed. */
async function lab(...args: string[]) {
  const child = spawn(join(root, "node_modules", ".bin", "lab"), [...FREE, ...args], { cwd: root });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<[number | null]>((resolve) => child.once("close", (...end: [number | null]) => resolve(end))),
  ]);
  return { stdout, stderr, status };
}

/** The output without what differs between two runs: the proxy's name, ports, times and identifiers. */
function comparable(stdout: string): string {
  return stdout
    .replace(/\b(filter-host|Envoy) on /, "PROXY on ")
    .replace(/127\.0\.0\.1:\d+/g, "HOST")
    .replace(/ in front of .*/, "")
    .replace(/^( *< (?:date|x-envoy-upstream-service-time|content-length):).*/gm, "$1 …")
    .replace(/("X-Request-Id": )".*"/, '$1"…"');
}

test("ends with status 0 against the built-in upstream", async () => {
  const { stdout, stderr, status } = await lab("--once");
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout).toContain("  < header_1: some_value_1\n  < header_2: another_value\n");
  expect(stdout).toContain("  # TYPE hello_header_counter counter\n  hello_header_counter{} 1\n");
});

test(
  "with --registry the image is pushed, and the WasmPlugin pulls it from there",
  unless(registryMissing),
  async () => {
    const registry = await startRegistry();
    try {
      const { stdout, stderr, status } = await lab("--once", "--registry", registry.host);
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      const tag = /^ {2}pushed {2}(\S+)$/m.exec(stdout)?.[1] ?? "";
      expect(tag.startsWith(`${registry.host}/wasm-header-filter:`)).toBe(true);
      expect(stdout).toContain(`url: oci://${tag}\n`);
      expect(stdout).toContain("  hello_header_counter{} 1\n");
    } finally {
      await registry.close();
    }
  },
);

describe("against the real httpbin", () => {
  let httpbin: Awaited<ReturnType<typeof startHttpbin>>;
  beforeAll(async () => {
    httpbin = await startHttpbin();
  });
  afterAll(async () => {
    if ("url" in httpbin) await httpbin.close();
  });

  test.for(variants)("$variant: filter-host shows what Envoy shows", async ({ variant }, { skip }) => {
    const found = await findEnvoy();
    for (const part of [httpbin, found]) if ("reason" in part) skip(part.reason);
    const upstream = "url" in httpbin ? httpbin.url.origin : "";
    const run = (proxy: string) => lab("--once", "--variant", variant, "--upstream", upstream, "--proxy", proxy);
    const [host, envoy] = [await run("host"), await run("envoy")];
    expect(host).toMatchObject({ stderr: "", status: 0 });
    expect(envoy).toMatchObject({ stderr: "", status: 0 });
    expect(comparable(host.stdout)).toBe(comparable(envoy.stdout));
  });
});

test.each([
  [["--variant", "no"], 1, "lab: --variant no: no such variant, expected one of as"],
  [["--build", "--variant", "no"], 1, "lab: --variant no: no such variant, expected one of as"],
  [["--proxy", "no"], 2, "lab: option '--proxy <name>' argument 'no' is invalid."],
  [["--registry", "no registry"], 2, 'lab: image name "no registry/wasm-header-filter": repository'],
  [["--registry", "127.0.0.1:5000", "--proxy", "envoy"], 2, "lab: --registry: Envoy can't pull images"],
  [["--upstream", "ftp://x"], 2, "lab: option '--upstream <url>' argument 'ftp://x' is invalid."],
  [["--listen", "nowhere"], 2, "lab: option '--listen <host:port>' argument 'nowhere' is invalid."],
])("%j is one line on stderr and status %i", async (args, status, start) => {
  const { stderr, ...end } = await lab("--once", ...args);
  expect(end.status).toBe(status);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr.startsWith(start)).toBe(true);
});

test.for(["host", "envoy"])("a port in use is one line on stderr: %s", async (proxy, { skip }) => {
  const found = await findEnvoy();
  if (proxy === "envoy" && "reason" in found) skip(found.reason);
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const listen = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const { stderr, status } = await lab("--once", "--proxy", proxy, "--listen", listen);
  other.close();
  const expected = `lab: ${listen}: already in use; choose other ports with --listen and --admin, or stop the program that listens there\n`;
  expect({ stderr, status }).toEqual({ stderr: expected, status: 1 });
});

test("an upstream that can't be reached gives status 1", async () => {
  const { stdout, stderr, status } = await lab("--once", "--upstream", "http://127.0.0.1:1");
  expect({ stderr, status }).toEqual({
    stderr: "lab: the status is 503, expected 200; is the upstream alive?\n",
    status: 1,
  });
  expect(stdout).toContain("  < header_1: some_value_1\n");
});
