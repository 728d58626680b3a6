import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { assemble, eventually, filter, on } from "proxy-wasm-host/testing";
import { afterAll, expect, test } from "vitest";
import { dial, scriptedUpstream } from "./fixtures/sockets.ts";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "filter-host-"));
const good = join(folder, "good.wasm");
const bad = join(folder, "bad.wasm");
const HELLO = '"hello"*';
const code = `
    (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.lt_u (local.get 1) (i32.const 60)))
    ${on("proxy_on_request_headers", `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) ${HELLO} (i32.const 16) (i32.const 20))) (then (say "hello")))`)}
    ${on("proxy_on_response_headers", '(drop (call $proxy_add_header_map_value (i32.const 2) "x-a"* "1"*))')}`;
writeFileSync(good, filter(code));
const counting = join(folder, "counting.wasm");
const COUNT = `(drop (call $proxy_define_metric (i32.const 0) "source=.=a.b;.;kind_c_requests"* (i32.const 16)))
  (drop (call $proxy_increment_metric (i32.load (i32.const 16)) (i64.const 3)))`;
writeFileSync(counting, filter(code + on("proxy_on_vm_start", COUNT, "(i32.const 1)")));
writeFileSync(bad, assemble('(module (import "env" "abort" (func (param i32))))'));
const typo = join(folder, "typo.yaml");
const manifest = (spec: object) =>
  JSON.stringify({ apiVersion: "extensions.istio.io/v1alpha1", kind: "WasmPlugin", metadata: { name: "a" }, spec });
writeFileSync(typo, manifest({ url: "oci://a.example/wasm", pluginconfig: {} }));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

test("doctor prints what a module needs and what a request costs", () => {
  const { status, stdout, stderr } = run("doctor", good);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(
    /good\.wasm: fit for Envoy 1\.40\n {2}module .* gzip .*, 3 pages of memory, ABI 0\.2\.1\n {2}imports/,
  );
  expect(stdout).toContain("without hello  2 host calls (get_header_map_value, add_header_map_value), 2 VM entries\n");
  expect(stdout).toContain(
    "with hello     3 host calls (get_header_map_value, log, add_header_map_value), 3 VM entries",
  );
});

test("doctor as JSON, with a configuration that the module refuses", () => {
  const { status, stdout } = run("doctor", good, "--json", "--config", "x".repeat(60));
  const { ok, examined } = JSON.parse(stdout);
  const [{ findings, module }] = examined;
  expect([status, ok, findings[0].rule, module.imports.length]).toEqual([1, false, "trial-configuration", 3]);
});

test.each([
  ["doctor", [bad], 1, /bad\.wasm: not fit, see above\n$/],
  ["doctor", [join(folder, "none")], 1, /module .*none: no such file\n$/],
  [
    "serve",
    [good, "--upstream", "http://127.0.0.1:1", "--route", "a=b"],
    2,
    /--route a=b: expected HEADER:VALUE=CLUSTER/,
  ],
  [
    "serve",
    [good, "--upstream", "http://127.0.0.1:1", "--route", "a:b=blue"],
    2,
    /--route: there is no cluster blue; name it with --cluster/,
  ],
  ["doctor", [good, "--request", "GET"], 2, /--request GET: expected "METHOD PATH"/],
  ["doctor", [good, "--envoy", "1.2"], 2, /--envoy 1\.2: unknown version, expected one of 1\.36, /],
  ["doctor", ["oci://127.0.0.1:1/wasm:v1"], 1, /not fit, see above/],
  ["serve", [good], 2, /required option '--upstream <url>' not specified/],
  ["serve", [good, "--upstream", "ftp://x"], 2, /Expected http:\/\/HOST:PORT/],
  [
    "serve",
    [good, "--upstream", "https://127.0.0.1:1", "--upstream-ca", good],
    1,
    /--upstream-ca .*good\.wasm: no certificate in PEM form, expected -----BEGIN CERTIFICATE-----\n$/,
  ],
  [
    "serve",
    [good, "--upstream", "http://127.0.0.1:1", "--config", "a", "--config-file", "b"],
    2,
    /expected one of them, not both/,
  ],
  [
    "serve",
    [good, "--upstream", "http://127.0.0.1:1", "--config-file", join(folder, "none")],
    1,
    /--config-file .*none: no such file/,
  ],
  ["apply", ["--upstream", "http://127.0.0.1:1"], 2, /required option '-f, --file <path...>' not specified/],
  ["apply", ["-f", join(folder, "none"), "--upstream", "http://127.0.0.1:1"], 1, /manifest .*none: no such file\n$/],
  ["apply", ["-f", typo, "--upstream", "http://127.0.0.1:1"], 1, /typo\.yaml:\d+:\d+: WasmPlugin a: spec has no field/],
  ["apply", ["-f", typo, "--upstream", "http://x", "--mode", "BOTH"], 2, /argument 'BOTH' is invalid/],
] as const)("%s %j prints one line and exits with status %i", (name, args, status, line) => {
  const result = run(name, ...args);
  expect([result.status, result.stderr]).toEqual([status, expect.stringMatching(line)]);
  expect(result.stderr.match(/\n/g)).toHaveLength(1);
});

test("a port in use is one line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const { status, stderr } = run(
    "serve",
    good,
    "--upstream",
    "http://127.0.0.1:1",
    "--listen",
    `:${port}`,
    "--admin",
    ":0",
  );
  server.close();
  expect([status, stderr]).toEqual([
    1,
    `filter-host: 127.0.0.1:${port}: the port is in use; stop the process that listens there, or choose another with --listen or --admin\n`,
  ]);
});

test("serve answers, traces, tags metrics, and exits cleanly on Ctrl-C", async () => {
  const tags = ["--stats-tag", String.raw`source=(source=\.=(.*?);\.;)`, "--stats-tag", "kind=(kind_(.*?)_)"];
  const addresses = ["--upstream", "http://127.0.0.1:1", "--listen", ":0", "--admin", ":0"];
  const child = spawn(process.execPath, [MAIN, "serve", counting, ...addresses, "--trace", ...tags], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let statistics = "";
  const lines: string[] = [];
  const reader = createInterface(child.stderr);
  for await (const line of reader) {
    lines.push(line);
    const url = /^proxy (\S+) ->/.exec(line)?.[1];
    if (!url) continue;
    const answer = await fetch(url, { headers: { hello: "" } });
    expect([answer.status, answer.headers.get("x-a")]).toEqual([503, "1"]);
    const admin = /(?<=, admin )[^,]+/.exec(line)?.[0];
    statistics = await (await fetch(new URL("/stats/prometheus", admin))).text();
    child.kill("SIGINT");
  }
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(0);
  // The canary VM counts, too.
  expect(statistics).toContain('requests{source="a.b",kind="c"} 6\n');
  expect(lines).toContain("counting   ==> proxy_get_header_map_value(map=request_headers,key=hello)");
  expect(lines).toContainEqual(expect.stringMatching(/info {2}counting: hello$/));
  expect(lines).toContainEqual(
    expect.stringMatching(/warn {2}upstream http:\/\/127\.0\.0\.1:1\/: .*ECONNREFUSED.*is it running there\?$/),
  );
});

test("apply prints what it runs and what it does not, and exits cleanly on Ctrl-C", async () => {
  const [path, other] = [join(folder, "plugin.yaml"), join(folder, "other.yaml")];
  writeFileSync(path, manifest({ url: `file://${good}`, phase: "AUTHN", priority: 10 }));
  const elsewhere = manifest({ url: `file://${good}`, selector: { matchLabels: { app: "other" } } });
  writeFileSync(other, elsewhere.replace('"a"', '"b"'));
  const files = ["-f", path, other, "--namespace", "prod"];
  const child = spawn(
    process.execPath,
    [MAIN, "apply", ...files, "--upstream", "http://127.0.0.1:1", "--listen", ":0", "--admin", ":0", "--no-cache"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    const url = /^proxy (\S+) ->/.exec(line)?.[1];
    if (!url) continue;
    expect((await fetch(url)).headers.get("x-a")).toBe("1");
    child.kill("SIGINT");
  }
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(0);
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(
      /^1 {2}WasmPlugin prod\/a {2}AUTHN 10 {2}running {2}file:\/\/\S+good\.wasm {2}\S+ k?B from its file$/,
    ),
    "-  WasmPlugin prod/b not applied: it selects app=other, the workload has app=httpbin,version=v1",
  ]);
});

test("serve ends requests in flight after SIGTERM, a second signal cuts them, both exit with status 0", async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const upstream = await scriptedUpstream(() => [answered, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"]);
  const start = async (asked: number) => {
    const options = ["--upstream", upstream.url.href, "--listen", ":0", "--admin", ":0", "--drain-time", "60"];
    const child = spawn(process.execPath, [MAIN, "serve", good, ...options], { stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface(child.stderr);
    const line = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const [found] = pattern.exec(String(await once(lines, "line"))) ?? [];
        if (found !== undefined) return found;
      }
    };
    const client = await dial(new URL(await line(/(?<=^proxy )\S+/)));
    client.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n");
    await eventually(() => upstream.received.length === asked);
    const waits = line(/^no new connections; requests in flight have 60 s to end/);
    child.kill("SIGTERM");
    await waits;
    return { child, client };
  };
  const cut = await start(1);
  cut.child.kill("SIGINT");
  expect([await cut.client.rest(), await once(cut.child, "exit")]).toEqual(["", [0, null]]);
  const whole = await start(2);
  answer();
  expect(await whole.client.rest()).toMatch(/connection: close\r\n(.*\r\n)*\r\nok$/);
  expect(whole.child.exitCode ?? (await once(whole.child, "exit"))[0]).toBe(0);
  upstream.close();
});
