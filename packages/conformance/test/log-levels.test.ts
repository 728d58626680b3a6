import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { embed } from "@wasm-header-filter/filter-host";
import type { LogThreshold } from "proxy-wasm-host";
import { filter, on } from "proxy-wasm-host/testing";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { type Envoy, findEnvoy, startEnvoy } from "../src/index.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"] as const;
const THRESHOLDS: readonly LogThreshold[] = [...LEVELS, "off"];

/** Logs a line of each level, writes to both outputs, and answers with what each call returned and the level that it is told. */
const MODULE = filter(
  `${on(
    "proxy_on_request_headers",
    `(global.set $count (i32.const 0))
    ${LEVELS.map((level, at) => `(call $status (call $proxy_log (i32.const ${at}) "line ${level}"*))`).join("\n")}
    (i32.store (i32.const 200) (i32.const 1024)) (i32.store (i32.const 204) (i32.const 8))
    (call $status (call $fd_write (i32.const 1) (i32.const 200) (i32.const 1) (i32.const 208)))
    (call $status (call $fd_write (i32.const 2) (i32.const 200) (i32.const 1) (i32.const 208)))
    (call $status (i32.load (i32.const 208)))
    (call $status (call $proxy_log (i32.const 6) "line"*))
    (call $status (call $proxy_log (i32.const 0) (i32.const -4) (i32.const 8)))
    (call $status (call $proxy_get_log_level (i32.const 216))) (call $status (i32.load (i32.const 216)))
    (drop (call $proxy_send_local_response (i32.const 200) "told"* (i32.const 300) (global.get $count) (i32.const 0) (i32.const 0) (i32.const -1)))`,
    "(i32.const 3)",
  )}
  (global $count (mut i32) (i32.const 0))
  (func $status (param $value i32)
    (i32.store8 (i32.add (i32.const 300) (global.get $count)) (i32.add (i32.const 48) (local.get $value)))
    (global.set $count (i32.add (global.get $count) (i32.const 1))))`,
);

/** What a module gets for its calls, and the lines that are logged. */
interface Seen {
  readonly told: string;
  readonly lines: readonly string[];
}

function onHost(logLevel: LogThreshold): Seen {
  const lines: string[] = [];
  const host = embed({
    plugins: [{ name: "p", module: MODULE }],
    logLevel,
    log: ({ level, message }) => lines.push(`${level} ${message}`),
  });
  const stream = host.openStream();
  stream.request({
    headers: [
      [":method", "GET"],
      [":path", "/"],
      [":authority", "h"],
      [":scheme", "http"],
    ],
  });
  host.close();
  return { told: Buffer.from(stream.atClient?.body ?? []).toString(), lines };
}

async function onEnvoy(envoy: Envoy, level: LogThreshold): Promise<Seen> {
  const name = level === "warn" ? "warning" : level;
  const { status } = await fetch(new URL(`/logging?wasm=${name}`, envoy.adminUrl), { method: "POST" });
  expect(status).toBe(200);
  envoy.log();
  const told = await (await fetch(envoy.url("p"))).text();
  const lines = envoy.log().flatMap(({ level, text }) => {
    const message = /^wasm log p: (.*)$/s.exec(text)?.[1];
    return message === undefined ? [] : [`${level} ${message}`];
  });
  return { told, lines };
}

const found = await findEnvoy();

describe("log levels", () => {
  const folder = temporaryFolder("log-levels");
  afterAll(() => folder.remove());

  test("lines below the level are dropped, and the module is told it", () => {
    expect(THRESHOLDS.map((level) => onHost(level).lines.length)).toEqual([8, 7, 6, 4, 3, 1, 0]);
    expect(THRESHOLDS.map((level) => onHost(level).told.at(-1))).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  });

  test("Envoy does the same", unless("reason" in found ? found.reason : undefined), async () => {
    const module = join(folder.path, "module.wasm");
    writeFileSync(module, MODULE);
    const listeners = [{ name: "p", filters: [{ name: "p", module }] }];
    const path = "path" in found ? found.path : "";
    const envoy = await startEnvoy({ envoy: path, listeners, upstream: new URL("http://127.0.0.1:9") });
    try {
      for (const level of THRESHOLDS) expect([level, await onEnvoy(envoy, level)]).toEqual([level, onHost(level)]);
    } finally {
      await envoy.close();
    }
  });
});
