import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { embed } from "@wasm-header-filter/filter-host";
import { isCrashWarning } from "proxy-wasm-host";
import { filter, on } from "proxy-wasm-host/testing";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../src/environment/temporary.ts";
import { findEnvoy, startEnvoy } from "../src/index.ts";

const ZERO = "(i32.const 0)";
const LOCAL = `(drop (call $proxy_send_local_response (i32.const 418) ${ZERO} ${ZERO} ${ZERO} ${ZERO} ${ZERO} ${ZERO} (i32.const -1)))`;
const stream = (call: string, type: number) => `(drop (call $proxy_${call}_stream (i32.const ${type})))`;
const grpc = (target: string) =>
  `(drop (call $proxy_grpc_call "${target}"* "s"* "m"* ${ZERO} ${ZERO} ${ZERO} ${ZERO} (i32.const 1000) (i32.const 16)))`;
const grpcStream = (target: string) =>
  `(drop (call $proxy_grpc_stream "${target}"* "s"* "m"* ${ZERO} ${ZERO} (i32.const 16)))`;

type Given = readonly [callback: string, code: string, returns?: number];

/** Calls at which Envoy ends; each was asked. The first of each kind is asked again by the test. */
const CRASHES: readonly (readonly Given[])[] = [
  [
    ["proxy_on_log", LOCAL],
    ["proxy_on_done", LOCAL, 1],
    ["proxy_on_delete", LOCAL],
  ],
  [
    ["proxy_on_request_headers", grpc("xa")],
    ["proxy_on_request_headers", grpc("")],
    ["proxy_on_request_headers", grpc("\\1a\\02\\08\\01")],
    ["proxy_on_request_headers", grpcStream("")],
  ],
  [
    ["proxy_on_request_headers", stream("continue", 1), 1],
    ["proxy_on_context_create", stream("continue", 1)],
    ["proxy_on_request_headers", LOCAL + stream("continue", 1)],
  ],
  [
    ["proxy_on_log", stream("close", 1)],
    ["proxy_on_log", stream("close", 0)],
    ["proxy_on_done", stream("close", 0), 1],
    ["proxy_on_done", stream("close", 1), 1],
    ["proxy_on_delete", stream("close", 0)],
    ["proxy_on_delete", stream("close", 1)],
    ["proxy_on_context_create", stream("close", 0)],
    ["proxy_on_context_create", stream("close", 1)],
  ],
  [
    ["proxy_on_response_headers", LOCAL + LOCAL],
    ["proxy_on_request_headers", LOCAL + stream("close", 0), 1],
    ["proxy_on_request_headers", LOCAL + stream("close", 1)],
    ["proxy_on_request_headers", stream("close", 0) + LOCAL, 1],
    ["proxy_on_response_headers", stream("close", 0) + LOCAL],
    ["proxy_on_response_headers", stream("close", 0) + stream("close", 1)],
  ],
];

/** Calls like these at which Envoy does not end. */
const HARMLESS: readonly Given[] = [
  ["proxy_on_request_headers", grpc("\\0a\\00")],
  ["proxy_on_request_headers", grpc("\\12\\00")],
  ["proxy_on_request_headers", grpc("no-such-cluster")],
  ["proxy_on_request_headers", LOCAL + LOCAL],
  ["proxy_on_request_headers", LOCAL + stream("continue", 0)],
  ["proxy_on_request_headers", stream("close", 0)],
  ["proxy_on_request_headers", stream("close", 1), 1],
  ["proxy_on_response_headers", LOCAL],
  ["proxy_on_response_headers", stream("close", 0)],
  ["proxy_on_response_headers", stream("continue", 0) + stream("continue", 1)],
  ["proxy_on_done", stream("continue", 0) + stream("continue", 1), 1],
  ["proxy_on_delete", stream("continue", 0) + stream("continue", 1)],
  ["proxy_on_log", stream("continue", 0) + stream("continue", 1)],
];

const moduleOf = ([callback, code, returns = 0]: Given) => filter(on(callback, code, `(i32.const ${returns})`));
const named = (some: readonly Given[]) => some.map((one) => [`${one[0]} ${one[1].replaceAll(ZERO, "")}`, one] as const);

/** What filter-host warns of. */
function warnings(given: Given): string[] {
  const lines: string[] = [];
  const log = (line: Parameters<typeof isCrashWarning>[0]) => isCrashWarning(line) && lines.push(line.message);
  const host = embed({ plugins: [{ name: "p", module: moduleOf(given) }], log });
  for (let requests = 0; requests < 2; requests++) {
    const one = host.openStream();
    const pseudo = { ":method": "GET", ":path": "/", ":authority": "h", ":scheme": "http" };
    one.request({ headers: Object.entries(pseudo) });
    if (one.atUpstream) one.respond({ headers: [[":status", "200"]] });
    one.end();
  }
  host.close();
  return lines;
}

const found = await findEnvoy();
const folder = temporaryFolder("crashes");
afterAll(() => folder.remove());

/** Sends a request through each of some modules. @returns whether Envoy still answers */
async function survives(some: readonly Given[]): Promise<boolean> {
  const listeners = some.map((given, at) => {
    const [name, module] = [`l${at}`, join(folder.path, `${at}.wasm`)];
    writeFileSync(module, moduleOf(given));
    return { name, filters: [{ name, vmId: name, module }] };
  });
  const path = "path" in found ? found.path : "";
  const envoy = await startEnvoy({ envoy: path, listeners, upstream: new URL("http://127.0.0.1:9") });
  try {
    for (const { name } of listeners) {
      // The connection may end without an answer; only whether the process is still there counts.
      await fetch(new URL("direct", envoy.url(name))).then(
        (answer) => answer.text(),
        () => {},
      );
    }
    // The end of the stream is handled before the worker takes the next connection.
    await fetch(new URL("direct", envoy.url(listeners[0]?.name ?? ""))).then(
      (answer) => answer.text(),
      () => {},
    );
    return await envoy.admin("/ready").then(
      () => true,
      () => false,
    );
  } finally {
    await envoy.close();
  }
}

describe("calls at which Envoy crashes", () => {
  test.each(named(CRASHES.flat()))("filter-host warns once: %s", (_, given) => expect(warnings(given)).toHaveLength(1));

  test.each(named(HARMLESS))("filter-host does not warn: %s", (_, given) => expect(warnings(given)).toEqual([]));

  describe("Envoy", unless("reason" in found ? found.reason : undefined), () => {
    test.each(named(CRASHES.flatMap((kind) => kind.slice(0, 1))))("ends: %s", async (_, given) =>
      expect(await survives([given])).toBe(false),
    );

    test("does not end at calls that are like these", async () => expect(await survives(HARMLESS)).toBe(true));
  });
});
