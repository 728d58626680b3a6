import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { unless } from "@wasm-header-filter/cli/testing";
import type { Browser, Page } from "playwright-core";
import { filter, on } from "proxy-wasm-host/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findChromium, startChromium } from "../src/fixtures/chromium.ts";
import { layoutFaults } from "../src/fixtures/layout.ts";
import { show, shown } from "../src/fixtures/shown-page.ts";
import { startHost } from "../src/host.ts";
import type { HostOptions } from "../src/host-options.ts";

/** A small version of the lab's filter: counts `hello`, adds two headers, logs. */
const LAB = filter(`
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    (drop (call $proxy_define_metric (i32.const 0) "hello_header_counter"* (i32.const 16))) (i32.const 1))
  ${on(
    "proxy_on_request_headers",
    `(if (i32.eqz (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 20) (i32.const 24)))
      (then (drop (call $proxy_increment_metric (i32.const 4) (i64.const 1))) (say "hello")))`,
  )}
  ${on(
    "proxy_on_response_headers",
    `(drop (call $proxy_add_header_map_value (i32.const 2) "header_1"* "some_value_1"*))
     (drop (call $proxy_add_header_map_value (i32.const 2) "header_2"* "another_value"*))`,
  )}`);

const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const path = findChromium();
const folder = mkdtempSync(join(tmpdir(), "page-"));
let browser: Browser;
beforeAll(async () => {
  if (path) browser = await startChromium(path);
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

async function lab(options: Partial<HostOptions> = {}) {
  const upstream = createServer((req, res) => {
    res.writeHead(req.url === "/nothing" ? 404 : 200, { "set-cookie": "sid=fromupstream" }).end("ok");
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const configuration = Buffer.from('{"header_1":"some_value_1"}');
  const host = await startHost({
    plugins: [{ name: "default.wasm-example", module: LAB, configuration, source: "oci://localhost/wasm:v1" }],
    upstream: new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`),
    admin: { host: "127.0.0.1", port: 0 },
    ...options,
  });
  onTestFinished(() => {
    upstream.closeAllConnections();
    upstream.close();
    return host.close();
  });
  const send = (to = "/headers", headers: Record<string, string> = { hello: "something" }) =>
    fetch(new URL(to, host.url), { headers });
  return { host, send };
}

/** The serious and critical faults that axe finds. */
async function faults(page: Page): Promise<string[]> {
  // The page's content security policy forbids scripts of other origins.
  await page.evaluate(`(() => {${readFileSync(AXE, "utf8")}})()`);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

const missing = path ? undefined : "chromium is not installed: apt-get install chromium";

describe("in Chromium", unless(missing), () => {
  test("requests wait where one has paused, and pass one by one, or all", async () => {
    const { host, send } = await lab();
    const page = await show(browser, host.adminUrl as URL);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Release 1 of 0" }).waitFor();
    const done: string[] = [];
    for (const to of ["/one", "/two", "/three"]) {
      void send(to).then(() => done.push(to));
      await page.getByRole("button", { name: `Release 1 of ${["/one", "/two", "/three"].indexOf(to) + 1}` }).waitFor();
    }
    await page.getByText("GET /three").first().waitFor();
    expect(done).toEqual([]);
    expect(await layoutFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Release 1 of 3" }).click();
    await shown(async () => done).toEqual(["/one"]);
    await page.getByRole("button", { name: "Continue" }).click();
    await shown(async () => [...done].sort()).toEqual(["/one", "/three", "/two"]);
    await page.getByRole("button", { name: "Pause" }).waitFor();
    expect((await send("/four")).status).toBe(200);
  });

  test("what is wrong with what is served is shown until it is not", async () => {
    const { host } = await lab();
    const page = await show(browser, host.adminUrl as URL);
    host.notice("src/filter.ts:12:7: Unexpected token; the last module stays");
    await page.getByRole("alert").filter({ hasText: "src/filter.ts:12:7" }).waitFor();
    expect(await layoutFaults(page)).toEqual([]);
    host.notice(undefined);
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  test("the lab's request appears while the page is open, its headers are marked, and the counter's plot moves", async () => {
    const { host, send } = await lab();
    const page = await show(browser, host.adminUrl as URL);
    await page.getByText("No requests yet").waitFor();
    await send();
    await page.getByRole("heading", { name: "200 GET /headers" }).waitFor();
    const added = page.locator(".headers tr.added");
    await shown(() => added.allInnerTexts()).toEqual([
      expect.stringMatching(/added\s+header_1\s+some_value_1/),
      expect.stringMatching(/added\s+header_2\s+another_value/),
    ]);
    await shown(() => page.locator(".timeline tbody tr").allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/get_header_map_value map=request_headers key=hello\s+OK value=something/),
      ]),
    );
    await shown(() => page.locator(".plain").allInnerTexts()).toEqual([
      "hello_header_counter +1 to 1",
      expect.stringContaining("info default.wasm-example: hello"),
    ]);

    await page.getByRole("link", { name: "Plugins" }).click();
    const plot = page.locator("figure", { hasText: "hello_header_counter" });
    await plot.getByText("1", { exact: true }).waitFor();
    const before = await plot.locator("canvas").screenshot();
    await send();
    await send();
    await plot.getByText("3", { exact: true }).waitFor();
    await shown(async () => (await plot.locator("canvas").screenshot()).equals(before)).toBe(false);
    await page.getByText("oci://localhost/wasm:v1").waitFor();
    await page.getByText("2 per request").or(page.getByText("4 per request")).first().waitFor();
  });

  test("requests are found by path, status and plugin, and by the keyboard alone", async () => {
    const { host, send } = await lab();
    for (const to of ["/one", "/two", "/nothing"]) await send(to);
    const page = await show(browser, host.adminUrl as URL);
    const rows = page.locator(".list li");
    await rows.nth(2).waitFor();
    await page.getByRole("searchbox").fill("TWO");
    await page.getByText("1 of 3 requests").waitFor();
    await shown(() => rows.locator(".path").allInnerTexts()).toEqual(["GET /two"]);
    await page.getByRole("searchbox").fill("");
    await page.getByLabel("Status").selectOption("4xx");
    await page.getByText("1 of 3 requests").waitFor();
    await shown(() => rows.locator(".path").allInnerTexts()).toEqual(["GET /nothing"]);
    await page.getByLabel("Status").selectOption("any status");
    await page.getByLabel("Plugin").selectOption("default.wasm-example");
    await shown(() => rows.count()).toBe(3);
    await page.locator(".list a").nth(1).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "200 GET /one" }).waitFor();
  });

  test("a request is replayed, edited, and both runs are compared", async () => {
    const { host, send } = await lab();
    await send("/headers", { authorization: "Bearer topsecret", "x-kept": "1" });
    const page = await show(browser, host.adminUrl as URL);
    await page.getByRole("link", { name: "Replay" }).click();
    const headers = page.getByLabel("Headers, one to a line");
    await shown(() => headers.inputValue()).toContain("authorization: (masked)");
    await headers.fill(`${await headers.inputValue()}\nhello: again`);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: /#\d+ and #\d+/ }).waitFor();
    expect(host.counters().get("hello_header_counter")).toBe(1n);
    const lines = async () => {
      const texts = await page.locator(".difference li:not(.same)").allInnerTexts();
      return texts.map((line) => line.replace(/\s+/g, " "));
    };
    await shown(lines).toEqual(
      expect.arrayContaining([
        expect.stringContaining("added hello: again"),
        expect.stringContaining("removed authorization: (masked)"),
        expect.stringContaining("added hello_header_counter +1"),
      ]),
    );
    await page.getByText("x-kept: 1").first().waitFor();
    await page.getByText(/replay of #\d+/).waitFor();
  });

  test("with several workers, requests name theirs and come while the page is open", async () => {
    const { host, send } = await lab({ workers: 2 });
    const page = await show(browser, host.adminUrl as URL);
    await page.getByText("No requests yet").waitFor();
    await send();
    await page.getByRole("heading", { name: "200 GET /headers" }).waitFor();
    await shown(() => page.locator(".facts").allInnerTexts()).toEqual([
      expect.stringMatching(/ host calls · worker [12]$/),
      expect.stringMatching(/worker\s+[12]\s/i),
    ]);
    await shown(() => page.locator(".headers tr.added").count()).toBe(2);
    await page.getByRole("link", { name: "Plugins" }).click();
    await shown(() => page.locator(".card dt").allInnerTexts()).toEqual(
      expect.arrayContaining(["Worker 1", "Worker 2"]),
    );
    await page
      .getByText(/, worker [12]: proxy_on_configure/)
      .first()
      .waitFor();
  });

  test("a recording is one file that shows itself, and opens in the page of another host", async () => {
    const { host, send } = await lab();
    await send();
    const fetched = async (from: string) =>
      Buffer.from(await (await fetch(new URL(from, host.adminUrl))).arrayBuffer());
    const [html, json] = [join(folder, "run.html"), join(folder, "run.json")];
    writeFileSync(html, await fetched("/api/recording.html"));
    writeFileSync(json, await fetched("/api/recording"));
    const file = await show(browser, pathToFileURL(html));
    await file.getByRole("heading", { name: "200 GET /headers" }).waitFor();
    await shown(() => file.locator(".headers tr.added").count()).toBe(2);
    expect(await file.getByRole("link", { name: "Replay" }).count()).toBe(0);

    const other = await lab();
    const page = await show(browser, other.host.adminUrl as URL);
    await page.getByText("No requests yet").waitFor();
    await page.getByLabel("Open a recording").setInputFiles(json);
    await page.getByRole("heading", { name: "200 GET /headers" }).waitFor();
    await page.getByText(/recording of/).waitFor();
    await page.getByLabel("Open a recording").setInputFiles(AXE);
    await page.getByRole("alert").getByText("This is not a recording").waitFor();
  });

  test.each([
    ["light", 1280],
    ["dark", 420],
  ] as const)("axe finds no serious fault, %s, %i pixels wide; nothing overlaps", async (colorScheme, width) => {
    const { host, send } = await lab();
    for (const to of ["/headers", "/nothing"]) await send(to);
    const page = await show(browser, host.adminUrl as URL, { colorScheme, viewport: { width, height: 800 } });
    await page.locator(".list li").nth(1).waitFor();
    const [second, first] = await page
      .locator(".list a")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("href")?.split("/").at(-1)));
    for (const [hash, landmark] of [
      ["#/requests", ".list li"],
      [`#/requests/${first}`, ".timeline"],
      [`#/replay/${first}`, "form"],
      [`#/compare/${first}/${second}`, ".difference"],
      ["#/plugins", "canvas"],
    ] as const) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator(landmark).first().waitFor();
      expect(await faults(page), hash).toEqual([]);
      expect(await layoutFaults(page), hash).toEqual([]);
    }
  });
});
