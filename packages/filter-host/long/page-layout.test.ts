import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unless } from "@wasm-header-filter/cli/testing";
import type { Recording } from "@wasm-header-filter/flight-recorder";
import type { Browser, Page } from "playwright-core";
import { filter, on, pairs } from "proxy-wasm-host/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startChromium } from "../src/fixtures/chromium.ts";
import { layoutFaults } from "../src/fixtures/layout.ts";
import { show } from "../src/fixtures/shown-page.ts";
import { type Host, startHost } from "../src/host.ts";

const WIDTHS = [320, 400, 768, 1024, 1440, 1920];

/** A name of 253 letters, which no browser breaks by itself. */
const long = (start: string) => start + "m".repeat(253 - start.length);

const CLUSTER = long("cluster");
const HEADER = long("x-header");
/** Uses long names wherever a filter can. */
const LONG = filter(`
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    (drop (call $proxy_define_metric (i32.const 0) "${long("metric")}"* (i32.const 16)))
    (drop (call $proxy_define_metric (i32.const 0) "${long("huge")}"* (i32.const 20)))
    (say "${long("configured")}")
    (i32.const 1))
  ${on(
    "proxy_on_request_headers",
    `(drop (call $proxy_get_header_map_value (i32.const 0) "${HEADER}"* (i32.const 20) (i32.const 24)))
     (drop (call $proxy_increment_metric (i32.const 4) (i64.const 1)))
     (drop (call $proxy_increment_metric (i32.const 8) (i64.const 1234567890123456789)))
     (drop (call $proxy_http_call "${CLUSTER}"* "${pairs([":method", "GET"], [":path", "/"], [":authority", CLUSTER])}"* "${long("body")}"* ""* (i32.const 1000) (i32.const 32)))
     (drop (call $proxy_replace_header_map_value (i32.const 0) "${HEADER}"* "${long("changed")}"*))
     (drop (call $proxy_set_shared_data "${long("key")}"* "${long("value")}"* (i32.const 0)))
     (drop (call $proxy_get_property "${long("one")}\\00${long("two")}"* (i32.const 20) (i32.const 24)))
     (say "${long("said")}") (say "words between ${long("and")} more words")`,
  )}
  ${on("proxy_on_http_call_response", `(say "${long("answered")}")`)}
  ${on("proxy_on_response_headers", `(drop (call $proxy_add_header_map_value (i32.const 2) "${long("x-added")}"* "${long("added")}"*))`)}`);

const TRAPS = filter(
  on(
    "proxy_on_request_headers",
    `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "trap"* (i32.const 20) (i32.const 24))) (then unreachable))`,
  ),
);

const path = findChromium();
const missing = path ? undefined : "chromium is not installed: apt-get install chromium";
const folder = mkdtempSync(join(tmpdir(), "layout-"));
const open: (() => unknown)[] = [];
let browser: Browser;
let host: Host;

beforeAll(async () => {
  if (!path) return;
  browser = await startChromium(path);
  open.push(() => browser.close());
  const upstream = createServer((_req, res) => res.writeHead(200, { [long("x-upstream")]: long("value") }).end("ok"));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const configuration = Buffer.from(JSON.stringify({ [long("key")]: [long("value"), { [long("deep")]: 1 }] }));
  host = await startHost({
    plugins: [
      {
        name: `default.${long("plugin")}~istio-translated-wasmplugin`.slice(0, 253),
        module: LONG,
        configuration,
        source: `oci://localhost:5000/${long("image")}:v1`,
        rootId: long("root"),
        failPolicy: "open",
      },
      { name: long("traps"), module: TRAPS, configuration: Buffer.from(long("text")), failPolicy: "reload" },
    ],
    clusters: { [CLUSTER]: url },
    upstream: url,
    admin: { host: "127.0.0.1", port: 0 },
  });
  open.push(
    () => upstream.closeAllConnections(),
    () => upstream.close(),
    () => host.close(),
  );
});
afterAll(async () => {
  for (const close of open.reverse()) await close();
  rmSync(folder, { recursive: true });
});

/** Checks what the page shows at every width; in dark mode, which has the same boxes, at two. */
async function holds(page: Page, state: string, wait: string) {
  await page.locator(wait).first().waitFor();
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of width === 320 || width === 1440 ? (["dark", "light"] as const) : (["light"] as const)) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await layoutFaults(page)).map((fault) => `${width} px, ${colorScheme}: ${fault}`));
    }
  }
  expect.soft(found, state).toEqual([]);
}

const send = (to: string, headers: Record<string, string> = {}) => fetch(new URL(to, host.url), { headers });
const PATH = `/${long("path")}`;

/** The ids of the recorded requests, the oldest first. */
async function recorded(): Promise<number[]> {
  const { requests } = (await (await fetch(new URL("/api/recording", host.adminUrl))).json()) as Recording;
  return requests.map(({ id }) => id);
}

const at = async (page: Page, hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`);

/** A recording with what a short run doesn't have: workers, plugins that do not run, requests without calls or a response. */
function extended({ plugins: [plugin], requests, ...rest }: Recording): Recording {
  const [request] = requests;
  if (!plugin || !request) throw new Error("nothing was recorded");
  const { status, took, ...running } = request;
  const workers = [1, 2].map((worker) => ({ worker, state: "failed" as const, error: long("error"), memoryPages: 2 }));
  const slow = request.calls.map((call) => ({ ...call, depth: call.depth * 10, at: 1e9, took: 1e9 }));
  const digest = `sha256:${"0".repeat(64)}`;
  return {
    ...rest,
    ring: { requests: 1e9, maxRequests: 1e9, bytes: 1e12, maxBytes: 1e12, forgotten: 1e12, passedOver: 1e12 },
    plugins: [
      { ...plugin, phase: "AUTHN", imageDigest: digest, workers },
      ...(["refused", "failed", "unavailable"] as const).map((state) => ({
        ...plugin,
        name: long(state),
        state,
        error: long("error"),
      })),
    ],
    requests: [
      ...requests,
      {
        ...running,
        id: 1e9,
        worker: 1,
        replayOf: 1,
        path: "",
        request: {},
        response: {},
        calls: [],
        details: long("details"),
      },
      {
        ...request,
        id: 1e9 + 1,
        worker: 2,
        replayOf: 1e9,
        method: long("METHOD").toUpperCase(),
        dropped: 1e6,
        calls: slow,
      },
      { ...request, id: 1e9 + 2, brief: true, calls: [], status: 503, took: 1e9, inFilters: 1e9, requestSize: 1e12 },
    ],
  };
}

describe("nothing overlaps and nothing scrolls sideways with names of 253 letters,", unless(missing), () => {
  test("live", async () => {
    const page = await show(browser, host.adminUrl as URL, {}, /status of 404/);
    await holds(page, "empty", ".empty");
    await send(`${PATH}/1`, { [HEADER]: long("given") });
    await send(`${PATH}/2?${long("query")}`, { trap: "1" });
    await holds(page, "the newest", ".timeline");
    await expect.poll(async () => (await recorded()).length).toBe(2);
    const [first, second] = await recorded();
    for (const [state, hash, wait] of [
      ["a request", `#/requests/${first}`, ".timeline"],
      ["a trap", `#/requests/${second}`, ".bad"],
      ["a request that is not kept", "#/requests/999", ".empty"],
      ["a comparison", `#/compare/${first}/${second}`, ".difference"],
      ["a replay", `#/replay/${first}`, "form"],
    ] as const) {
      await at(page, hash);
      await holds(page, state, wait);
    }
    await page.getByLabel("Headers, one to a line").fill(long("wrong"));
    await page.getByRole("button", { name: "Send" }).click();
    await holds(page, "a replay with a mistake", "form [role=alert]");
    await at(page, "#/requests");
    await page.getByLabel("Plugin").selectOption({ index: 1 });
    await page.getByLabel("Status").selectOption("2xx");
    await holds(page, "filters", ".list li");
    await page.getByRole("searchbox").fill(long("nothing"));
    await holds(page, "a search that finds nothing", ".list .count");
    await at(page, "#/plugins");
    await page.locator("canvas").first().waitFor();
    // What is in them may come after them.
    await expect
      .poll(async () => {
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
        return page.locator("details[open] .timeline").count();
      })
      .toBeGreaterThan(0);
    await holds(page, "plugins", "details[open] .timeline");
    await page.getByLabel("Open a recording").setInputFiles({
      name: `${long("file")}.json`,
      mimeType: "application/json",
      buffer: Buffer.from("{}"),
    });
    await holds(page, "a file that is no recording", "header + [role=alert]");
  });

  test("frozen, with everything that a recording may have", async () => {
    const fetched = async (from: string) => (await fetch(new URL(from, host.adminUrl))).text();
    if ((await recorded()).length === 0) await send(PATH);
    const html = join(folder, "run.html");
    writeFileSync(html, await fetched("/api/recording.html"));
    const page = await show(browser, pathToFileURL(html));
    await holds(page, "a saved page", ".timeline");
    const file = join(folder, "run.json");
    writeFileSync(file, JSON.stringify(extended(JSON.parse(await fetched("/api/recording")))));
    await page.getByLabel("Open a recording").setInputFiles(file);
    await page.getByRole("button", { name: "Close" }).waitFor();
    for (const [state, hash, wait] of [
      ["a running request", `#/requests/${1e9}`, "h2"],
      ["a long method", `#/requests/${1e9 + 1}`, ".timeline"],
      ["a brief record", `#/requests/${1e9 + 2}`, ".detail .empty"],
      ["a comparison", `#/compare/${1e9 + 1}/${1e9 + 2}`, ".runs"],
      ["plugins", "#/plugins", ".state.refused"],
    ] as const) {
      await at(page, hash);
      await holds(page, state, wait);
    }
  });

  test("disconnected, and while the page loads", async () => {
    const ending = await startHost({ plugins: [], upstream: host.url, admin: { host: "127.0.0.1", port: 0 } });
    open.push(() => ending.close());
    const page = await show(browser, ending.adminUrl as URL, {}, /ERR_(CONNECTION|INCOMPLETE|EMPTY|FAILED)/);
    await page.getByText("No requests yet").waitFor();
    await ending.close();
    await holds(page, "disconnected", ".lamp.off");
    const other = await browser.newPage();
    open.push(() => other.close());
    await other.route("**/api/**", (route) => route.abort());
    await other.goto(String(host.adminUrl));
    await holds(other, "loading", "main[aria-busy]");
  });
});
