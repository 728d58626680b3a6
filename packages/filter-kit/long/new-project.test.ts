import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const NODE_MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const CREATE = fileURLToPath(new URL("../../create-proxy-wasm-filter/src/bin.ts", import.meta.url));
const FILTER = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

describe.each([
  ["javy", "src/filter.ts", "name, greeting", 'name, greeting + "!"', "hello!"],
  ["as", "assembly/index.ts", 'Bytes.of("welcome")', 'Bytes.of("welcome!")', "welcome!"],
] as const)("a new project on %s", (engine, source, before, after, greeting) => {
  const root = mkdtempSync(join(tmpdir(), "new-project-"));
  const dir = join(root, "my-filter");
  let dev: ChildProcess | undefined;
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [CREATE, dir, "--engine", engine]);
    symlinkSync(NODE_MODULES, join(dir, "node_modules"));
  });
  afterAll(() => {
    dev?.kill();
    rmSync(root, { recursive: true, maxRetries: 3 });
  });
  const filter = async (...args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [FILTER, ...args], { cwd: dir });
    return args.includes("--json") ? stdout : stdout + stderr;
  };
  const edit = (from: string, to: string) => {
    const path = join(dir, source);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };

  test("is built, tested, packed, and has a manifest", async () => {
    await expect(filter("pack")).rejects.toThrow(`build/${engine}.wasm: no such file; run filter build first`);
    const types = join(dir, "src/configuration.ts");
    const before = engine === "javy" && readFileSync(types, "utf8");
    expect(await filter("build")).toContain(`build/${engine}.wasm: fit for Envoy`);
    expect(engine === "javy" && readFileSync(types, "utf8"), "the template's types are those of its schema").toBe(
      before,
    );
    const map = JSON.parse(readFileSync(join(dir, `build/${engine}.wasm.map`), "utf8"));
    expect(map.sources).toContain(engine === "as" ? source : "filter.ts");
    expect(await filter("test", "--on", "host")).toContain("1 passed, 0 failed");
    expect(await filter("pack")).toContain("localhost:5000/my-filter:0.1.0");
    expect(await filter("manifest")).toContain("url: oci://localhost:5000/my-filter:0.1.0");
    if (engine === "as") {
      const [cost] = JSON.parse(await filter("bench", "--json", "--header", "hello=world"));
      expect(cost).toMatchObject({
        name: "as",
        status: 200,
        calls: ["proxy_get_header_map_value", "proxy_increment_metric", "proxy_add_header_map_value"],
      });
      expect(cost.instructions).toBeGreaterThan(5000);
    }
    await expect(filter("build", "--engine", "jco")).rejects.toThrow(
      /--engine jco: not in .*package\.json: wasmFilter\.engines, which has/,
    );
  });

  const proxies = engine === "as" ? ["host", "envoy"] : ["host"];
  test.each(proxies)(
    "is served on %s, and a change is, too; what can't be built leaves the last module",
    async (proxy) => {
      const taken = createServer().listen(0, "127.0.0.1");
      await once(taken, "listening");
      const { port } = taken.address() as AddressInfo;
      await expect(filter("dev", "--listen", `127.0.0.1:${port}`)).rejects.toThrow(
        `127.0.0.1:${port}: the port is in use; stop the process that listens there, or choose another with --listen`,
      );
      taken.close();
      const address = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--proxy", proxy];
      dev = spawn(process.execPath, [FILTER, "dev", ...address], { cwd: dir });
      let said = "";
      for (const stream of [dev.stdout, dev.stderr]) stream?.setEncoding("utf8").on("data", (text) => (said += text));
      await expect.poll(() => said).toMatch(/http:\S+ (page|admin) /);
      const url = /(http:\S+) (?:page|admin) /.exec(said)?.[1] ?? "";
      const page = / page (http:\S+),/.exec(said)?.[1] ?? "";
      const notice = async () =>
        proxy === "host" && ((await (await fetch(`${page}/api/state`)).json()) as { notice: string | null }).notice;
      const greet = async () => (await fetch(`${url}/headers`)).headers.get("x-greeting");
      expect(await greet()).toBe(greeting.slice(0, -1));
      edit(before, after);
      await expect.poll(greet).toBe(greeting);
      edit(after, `${after}(`);
      await expect.poll(() => said).toMatch(/filter: .*; the last module stays/);
      expect(await greet()).toBe(greeting);
      if (proxy === "host") expect(await notice()).toContain(source.split("/").at(-1));
      edit(`${after}(`, before);
      await expect.poll(greet).toBe(greeting.slice(0, -1));
      expect(await notice()).toBe(proxy === "host" && null);
      dev.kill("SIGINT");
      await expect.poll(() => dev?.exitCode).toBe(0);
    },
  );
});
