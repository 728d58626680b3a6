import { fileURLToPath } from "node:url";
import { unless } from "@wasm-header-filter/cli/testing";
import { LAB } from "@wasm-header-filter/manifests";
import { findRoot, findVariants } from "@wasm-header-filter/oci";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, startChromium } from "../../filter-host/src/fixtures/chromium.ts";

/** What a browser loads as one script, with the names of `entry` under `engine`. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "engine",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

const ENGINE = fileURLToPath(import.meta.resolve("proxy-wasm-host"));
const HOST = fileURLToPath(import.meta.resolve("@wasm-header-filter/filter-host"));

test("a bundle for browsers must not import anything of Node", async () => {
  await expect(bundle(HOST)).rejects.toThrow('Could not resolve "node:');
});

/** Runs in the page: the lab's request through the module that the page fetches. */
const RUN = `async ({ url, headers }) => {
  const log = [];
  const filters = engine.embed({
    plugins: [{
      name: "lab",
      module: new Uint8Array(await (await fetch(url)).arrayBuffer()),
      configuration: new TextEncoder().encode(JSON.stringify(headers)),
    }],
    canary: false,
    log: ({ level, message }) => log.push(level + " " + message),
  });
  const stream = filters.openStream();
  stream.request({
    headers: [[":method", "GET"], [":path", "/headers"], [":authority", "httpbin:8000"], ["hello", "something"]],
  });
  stream.respond({ headers: [[":status", "200"]] });
  stream.end();
  const result = { atClient: stream.atClient.headers, counters: [...filters.counters()].map(([name, value]) => [name, String(value)]), log };
  filters.close();
  return result;
}`;

const ORIGIN = "http://lab.test";
const path = findChromium();

describe("in Chromium", unless(path ? undefined : "chromium is not installed: apt-get install chromium"), () => {
  let browser: Browser;
  let script: string;
  beforeAll(async () => {
    script = await bundle(ENGINE);
    browser = await startChromium(path as string);
  });
  afterAll(() => browser?.close());

  test.each(findVariants(findRoot(import.meta.dirname)))(
    "the engine carries out the lab's request with $variant",
    async ({ variant, version, dist, plugin }) => {
      expect(plugin, "not built, run npm run build").toBeDefined();
      const page = await browser.newPage();
      const mistakes: unknown[] = [];
      page.on("pageerror", (error) => mistakes.push(error));
      await page.route(`${ORIGIN}/**`, (route) =>
        route.request().url().endsWith(".wasm")
          ? route.fulfill({ path: dist.module, contentType: "application/wasm" })
          : route.fulfill({ body: "<!doctype html><title>lab</title>", contentType: "text/html" }),
      );
      await page.goto(ORIGIN);
      await page.addScriptTag({ content: script });
      const { headers } = LAB;
      expect(await page.evaluate(`(${RUN})(${JSON.stringify({ url: "/plugin.wasm", headers })})`)).toEqual({
        atClient: [[":status", "200"], ...Object.entries(headers)],
        counters: [["hello_header_counter", "1"]],
        log: [`info header filter ${variant} ${version}: adding 2 response headers`],
      });
      expect(mistakes).toEqual([]);
      await page.close();
    },
  );
});
