import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeLayout } from "@wasm-header-filter/oci";
import { eventually } from "proxy-wasm-host/testing";
import { beforeEach, expect, test } from "vitest";
import { applied, closeAfterTest, folder, imageOf, plugin } from "../fixtures/apply.ts";
import type { Host } from "../host.ts";

/** The names of plugins in the log. */
const [A, B] = ["a", "b"].map((name) => `default.${name}~istio-translated-wasmplugin`);

let layout: string;
beforeEach(async () => {
  layout = join(folder(), "oci");
  await writeLayout(layout, await imageOf("a"), "v1");
});
const here = "oci://registry.example/wasm:v1";

/** A registry whose requests are answered by hand. */
async function registry(answer: (response: ServerResponse) => void = () => {}) {
  const asked: IncomingMessage[] = [];
  let gone = 0;
  const server = createServer((request, response) => {
    asked.push(request);
    response.on("close", () => gone++);
    answer(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  closeAfterTest({ close: () => server.closeAllConnections() });
  closeAfterTest(server);
  const url = `oci://127.0.0.1:${(server.address() as AddressInfo).port}/wasm:slow`;
  return { url, asked, gone: () => gone };
}

const states = ({ plugins }: Host) => plugins.map(({ state }) => state).join();

test("a registry that never answers holds up neither the start nor the other plugins", async () => {
  const { url } = await registry();
  const documents = [plugin("a", { url: here }), plugin("b", { url, failStrategy: "FAIL_OPEN" })];
  const { host, log, get } = await applied(documents, { places: { layouts: [layout] }, patience: 50 });
  await eventually(() => states(host) === "running,unavailable");
  expect(log).toContain(`${B}: ${url}: still being fetched; requests pass without it`);
  expect(await get()).toEqual(["200", "a", "ok"]);
});

test("a registry that drips: the time is limited in all, and the log says so", async () => {
  const { url } = await registry((response) => {
    response.writeHead(200, { "content-length": 1_000_000 });
    const drip = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(drip));
  });
  const { log, get } = await applied([plugin("b", { url })], { places: { timeLimit: 500 }, patience: 10 });
  const late = `${B}: ${url}: not fetched within 0.5 s, which is all that Istio waits; every request gets 403`;
  await eventually(() => log.includes(late));
  expect((await get())[0]).toBe("403");
});

test("a newer manifest takes the place of a fetch, whose connection is closed", async () => {
  const { url, gone } = await registry();
  const options = { places: { layouts: [layout] }, patience: 50 };
  const { host, write, log, get } = await applied([plugin("a", { url: here })], options);
  await eventually(() => states(host) === "running");
  write([plugin("a", { url })]);
  await eventually(() => log.includes(`: ${A}: ${url}: still being fetched; the plugin stays as it was`));
  expect(await get()).toEqual(["200", "a", "ok"]);
  write([plugin("a", { url: here, pluginName: "corrected" })]);
  await eventually(() => gone() > 0);
  await eventually(() => host.application.plugins[0]?.url === here);
  expect(await get()).toEqual(["200", "a", "ok"]);
  expect(log.filter((line) => /not fetched|not done/.test(line))).toEqual([]);
});

test("a fetch goes on while other manifests change, and is used once it is done", async () => {
  const waiting: ServerResponse[] = [];
  const { url, asked } = await registry((response) => waiting.push(response));
  const slow = plugin("b", { url: url.replace("oci:", "http:") });
  const { write, log, host } = await applied([slow], { places: { layouts: [layout] }, patience: 50 });
  await eventually(() => asked.length === 1);
  write([slow, plugin("a", { url: here })]);
  await eventually(() => states(host) === "running,unavailable");
  expect(asked).toHaveLength(1);
  waiting[0]?.end("no module");
  await eventually(() => log.some((line) => line.includes("not a WebAssembly module")));
  expect(states(host)).toBe("running,unavailable");
});
