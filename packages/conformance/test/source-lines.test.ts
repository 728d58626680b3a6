import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { embed } from "@wasm-header-filter/filter-host";
import { filter, on } from "proxy-wasm-host/testing";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { findEnvoy, startEnvoy } from "../src/index.ts";

const packages = join(import.meta.dirname, "../..");
const folder = temporaryFolder("source-lines");
afterAll(() => folder.remove());

/** The section that names the last two functions of {@link TRAP}. */
function functionNames(): Buffer {
  const names = ["deep", "deeper"].flatMap((name, index) => [3 + index, name.length, ...Buffer.from(name)]);
  const content = [4, ...Buffer.from("name"), 1, names.length + 1, 2, ...names];
  return Buffer.from([0, content.length, ...content]);
}

const NOP = 0x01;
const UNREACHABLE = 0x00;
const TRAP = filter(
  `${on("proxy_on_request_headers", "(call $deep)")} (func $deep (call $deeper) nop nop) (func $deeper nop nop unreachable)`,
);

/** Numbers of a map's `mappings`, each from -15 to 1000 (Source Map Revision 3, "Base64 VLQ"). */
function vlq(...numbers: number[]): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const encoded = (value: number): string =>
    value < 32 ? (digits[value] ?? "") : `${digits[(value % 32) + 32]}${encoded(Math.floor(value / 32))}`;
  return numbers.map((number) => encoded(number < 0 ? -2 * number + 1 : 2 * number)).join("");
}

/** A map of {@link TRAP} that has the instruction that traps at 3:5, and what is before and behind it at 1:1. */
function trapMap(): string {
  const at = Buffer.from(TRAP).lastIndexOf(Buffer.from([NOP, NOP, UNREACHABLE])) + 2;
  const mappings = [vlq(0, 0, 0, 0), vlq(at, 0, 2, 4), vlq(1, 0, -2, -4)].join(",");
  return JSON.stringify({ version: 3, sources: ["assembly/index.ts"], names: [], mappings });
}

interface Failing {
  readonly module: string;
  /** What filter-host logs with the module's map. */
  readonly lines: readonly string[];
  /** What Envoy's log becomes, if it differs. */
  readonly traced?: readonly string[];
}

const trap = join(folder.path, "trap.wasm");
writeFileSync(trap, Buffer.concat([TRAP, functionNames()]));

writeFileSync(`${trap}.map`, trapMap());

const FAILING: Readonly<Record<string, Failing>> = {
  javy: {
    module: join(packages, "filter-javy/dist/examples/levels.wasm"),
    lines: [
      "onRequestHeaders: RangeError: other is no level",
      "    at describe (levels.ts:15:11)",
      "    at greet (filter.ts:9:22)",
      "    at onRequestHeaders (filter.ts:17:104)",
    ],
  },
  jco: {
    module: join(packages, "filter-jco/dist/examples/levels.wasm"),
    lines: [
      "onRequestHeaders: RangeError: other is no level",
      "    at describe (levels.ts:15:29)",
      "    at greet (filter.ts:9:31)",
      "    at onRequestHeaders (filter.ts:17:110)",
    ],
  },
  trap: {
    module: trap,
    lines: [
      "proxy_on_request_headers trapped: unreachable, at assembly/index.ts:3:5, at assembly/index.ts:1:1, at assembly/index.ts:1:1; every request gets 503",
    ],
    traced: [
      "Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable",
      "Proxy-Wasm plugin in-VM backtrace:",
      "  0:  assembly/index.ts:3:5 - deeper",
      "  1:  assembly/index.ts:1:1 - deep",
    ],
  },
};

/** The first lines of a log, as many as are expected. */
const first = (log: readonly string[], { length }: readonly string[]) => log.join("\n").split("\n").slice(0, length);

test.each(Object.entries(FAILING))("filter-host names lines of the sources: %s", (name, { module, lines }) => {
  const logged: string[] = [];
  const plugin = { name, module: readFileSync(module), sourceMap: readFileSync(`${module}.map`) };
  const host = embed({ plugins: [plugin], log: ({ message }) => logged.push(message) });
  const headers = [":method=GET", ":scheme=http", ":path=/", ":authority=a", "level=other"];
  host.openStream().request({ headers: headers.map((pair) => pair.split("=") as [string, string]) });
  host.close();
  expect(first(logged, lines)).toEqual(lines);
});

const found = await findEnvoy();

test(
  "filter-js-trace shows Envoy's log with the same lines",
  unless("reason" in found ? found.reason : undefined),
  async () => {
    const listeners = Object.entries(FAILING).map(([name, { module }]) => ({ name, filters: [{ name, module }] }));
    const path = "path" in found ? found.path : "";
    const envoy = await startEnvoy({ envoy: path, listeners, upstream: new URL("http://127.0.0.1:9") });
    try {
      for (const [name, { module, lines, traced = lines }] of Object.entries(FAILING)) {
        envoy.log();
        await fetch(envoy.url(name), { headers: { level: "other" } });
        const input = envoy
          .log()
          .map(({ text }) => text.replace(/^wasm log \w+: /, ""))
          .join("\n");
        const args = [join(packages, "filter-js/src/trace/bin.ts"), `${module}.map`];
        const output = execFileSync(process.execPath, args, { input, encoding: "utf8" });
        expect([name, input.includes(".ts:"), first([output], traced)]).toEqual([name, false, traced]);
      }
    } finally {
      await envoy.close();
    }
  },
);
