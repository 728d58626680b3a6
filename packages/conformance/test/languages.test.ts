import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { missingCommand, unless } from "@wasm-header-filter/cli/testing";
import { examineModule } from "@wasm-header-filter/doctor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBackends } from "../src/backends/backends.ts";
import { loadCases } from "../src/cases/load.ts";
import { type Observation, observe } from "../src/differential/observe.ts";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { findEnvoy } from "../src/proxies/envoy/find.ts";
import { startEnvoyProxy } from "../src/proxies/envoy/proxy.ts";
import { startHostProxy } from "../src/proxies/host.ts";
import type { ProxyOptions, ProxyUnderTest } from "../src/proxies/proxy.ts";

const EXAMPLES = join(import.meta.dirname, "../examples");
const cases = loadCases([join(EXAMPLES, "cases.yaml")]);
const envoy = await findEnvoy();
const folder = temporaryFolder("languages");
afterAll(() => folder.remove());

// Go's own packages install it where the path does not lead.
const PATH = [process.env.PATH, "/usr/local/go/bin"].join(delimiter);
const go = PATH.split(delimiter)
  .map((dir) => join(dir, "go"))
  .find((file) => existsSync(file));

/** Whether a Go can export functions of WebAssembly modules. */
function newEnough(command: string | undefined): boolean {
  if (command === undefined) return false;
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(execFileSync(command, ["version"], { encoding: "utf8" })) ?? [];
  return Number(major) > 1 || Number(minor) >= 24;
}

/** The longest a build may take in ms, Go's standard library included. */
const BUILD = 600_000;

const CLANG = "clang-19";

interface Language {
  readonly name: string;
  readonly missing: string | undefined;
  /** Builds the filter into a file. */
  readonly build: (file: string) => void;
}

const LANGUAGES: readonly Language[] = [
  {
    name: "go",
    missing: newEnough(go) ? undefined : "go 1.24 or newer is not installed: https://go.dev/dl/",
    build: (file) => {
      const env = { ...process.env, PATH, GOOS: "wasip1", GOARCH: "wasm", GOTOOLCHAIN: "local", GOFLAGS: "-mod=mod" };
      const args = ["build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", file, "."];
      execFileSync(go ?? "go", args, { cwd: join(EXAMPLES, "go"), env, stdio: "pipe" });
    },
  },
  {
    name: "c",
    missing:
      missingCommand(CLANG) ??
      missingCommand("wasm-ld-19") ??
      (existsSync("/usr/lib/wasm32-wasi/libc.a") ? undefined : "wasi-libc is not installed: apt-get install wasi-libc"),
    build: (file) => {
      const args = "--target=wasm32-wasi -O2 -mexec-model=reactor -nodefaultlibs -lc -Wl,--export=malloc,--strip-all";
      execFileSync(CLANG, [...args.split(" "), "-o", file, join(EXAMPLES, "c/filter.c")], { stdio: "pipe" });
    },
  },
];

/** What a proxy does in all cases. */
async function observed(start: (options: ProxyOptions) => Promise<ProxyUnderTest>, module: Uint8Array) {
  const backends = await startBackends(cases);
  try {
    const proxy = await start({ module, backends, cases });
    const bench = { proxy, backends, identity: {}, close: () => proxy.close() };
    const seen = new Map<string, Observation>();
    // Envoy's log does not tell which module logged a line while it started.
    for (const of of cases)
      seen.set(
        of.name,
        (await observe(of, bench)).filter(([what]) => what !== "log of the start"),
      );
    await proxy.close();
    return seen;
  } finally {
    await backends.close();
  }
}

describe.each(LANGUAGES)("the example in $name", ({ name, missing, build }) => {
  const file = join(folder.path, `${name}.wasm`);
  let module: Uint8Array;

  describe("built", unless(missing), () => {
    beforeAll(() => {
      build(file);
      module = readFileSync(file);
    }, BUILD);

    test("doctor finds it fit", async () => {
      const conditions = { envoy: "1.40", configuration: Buffer.from("hi"), configuredBy: "test" } as const;
      const { findings } = await examineModule(module, conditions);
      expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    });

    test("filter-host runs it", async () => {
      const seen = await observed(startHostProxy, module);
      expect(JSON.stringify(seen.get("hello"))).toContain("x-greeting: hello, WORLD");
      expect(JSON.stringify(seen.get("configured"))).toContain("x-greeting: good morning, YOU");
      expect(JSON.stringify(seen.get("refused"))).toContain('"status":500');
    });

    test("Envoy does the same", unless("reason" in envoy ? envoy.reason : undefined), async () => {
      const path = "path" in envoy ? envoy.path : "";
      const [host, real] = [
        await observed(startHostProxy, module),
        await observed((options) => startEnvoyProxy(path, options), module),
      ];
      expect([...host]).toEqual([...real]);
    });
  });
});
