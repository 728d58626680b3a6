import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { oneLine } from "@wasm-header-filter/cli";
import { afterAll, describe, expect, test } from "vitest";
import { prepare } from "./prepare.ts";

const dir = mkdtempSync(join(tmpdir(), "filter-js-build-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** What a build says of a filter, with other files beside it; undefined if nothing. */
async function saysOf(source: string, others: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  for (const [name, text] of Object.entries({ ...others, "filter.ts": source })) {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const error = await prepare(join(dir, "filter.ts"), { file: "none", has: [] }).then(() => undefined, oneLine);
  return error?.replaceAll(`${relative(process.cwd(), dir)}/`, "");
}

/** A filter with a statement in a callback. */
const filter = (statement: string) =>
  `export default (host: { log(level: number, text: string): void }) => ({
  onConfigure: () => ({}),
  onRequestHeaders() {
    ${statement}
    return 0;
  },
});`;

describe("properties of a filter", () => {
  const withProperty = (property: string) =>
    `export default (host) => ({\n  onConfigure: () => ({}),\n  ${property},\n});`;

  test.each([
    [
      "onRequestHeader() {}",
      "filter.ts:3:3: onRequestHeader is not a callback of a filter: the nearest is onRequestHeaders",
    ],
    [
      "'onresponsebody': () => 0",
      "filter.ts:3:3: onresponsebody is not a callback of a filter: the nearest is onResponseBody",
    ],
    [
      "onRequestTrailer() {}",
      "filter.ts:3:3: onRequestTrailer is not a callback of a filter: the nearest is onRequestTrailers",
    ],
    ["onConfig() {}", "filter.ts:3:3: onConfig is not a callback of a filter: the nearest is onConfigure"],
    ["helper() {}", /^filter\.ts:3:3: helper is not a callback of a filter: the nearest is on\w+$/],
    ["['on' + 'Logg']() {}", "filter.ts:3:4: onLogg is not a callback of a filter: the nearest is onLog"],
    ["onLog() {}", undefined],
    ["onRequestHeader: undefined", undefined],
    ["onError: 'deny'", undefined],
    ["onError: 'continue'", undefined],
    ["onError: 'ignore'", 'filter.ts:3:3: onError is "ignore": a filter can have "continue" or "deny"'],
    ["onError() {}", 'filter.ts:3:3: onError is a function: a filter can have "continue" or "deny"'],
    ["onError: null", 'filter.ts:3:3: onError is null: a filter can have "continue" or "deny"'],
    ["onErrors: 'deny'", "filter.ts:3:3: onErrors is not a callback of a filter: the nearest is onError"],
  ])("%s", async (property, text) => {
    const said = await saysOf(withProperty(property));
    if (text instanceof RegExp) expect(said).toMatch(text);
    else expect(said).toBe(text);
  });

  test("a class's instance may have fields and methods of its own, but no misspelt callback", async () => {
    const ofClass = (method: string) =>
      `class Guard { seen = 0; helper() {} onConfigure() { return {}; } ${method} }\nexport default () => new Guard();`;
    expect(await saysOf(ofClass("onLog() {}"))).toBeUndefined();
    expect(await saysOf(ofClass("onLogs() {}"))).toBe(
      "filter.ts:1:66: onLogs is not a callback of a filter: the nearest is onLog",
    );
  });

  test("a definition that can't be run is left to the engine", async () => {
    expect(await saysOf("export default (host) => { host.getHeaders(0); return { onLogg() {} }; };")).toBeUndefined();
    expect(await saysOf("export default () => { throw new Error('a'); };")).toBeUndefined();
  });
});

describe("what no engine has", () => {
  test.each([
    ["fetch('http://a/');", /^filter\.ts:4:5: fetch does not exist in a filter: call a cluster with httpCall$/],
    ["const get = fetch; get('http://a/');", /^filter\.ts:4:17: fetch does not exist/],
    ["globalThis.fetch('http://a/');", /^filter\.ts:4:5: fetch does not exist/],
    ["globalThis['document'].title;", /^filter\.ts:4:5: document does not exist in a filter: a filter runs in a proxy/],
    ["new XMLHttpRequest();", /^filter\.ts:4:9: XMLHttpRequest does not exist/],
    [
      "new Intl.NumberFormat('de').format(1);",
      /^filter\.ts:4:9: Intl does not exist in a filter: an engine has no locales/,
    ],
    [
      "host.log(2, Buffer.from('a').toString('hex'));",
      /^filter\.ts:4:17: Buffer does not exist in a filter: use Uint8Array/,
    ],
    ["host.log(2, process.env.HOME);", /^filter\.ts:4:17: process does not exist/],
    ["if (typeof fetch === 'function') host.log(2, 'a'); fetch('b');", /^filter\.ts:4:56: fetch does not exist/],
    ["if (typeof fetch !== 'function') fetch('b');", /^filter\.ts:4:38: fetch does not exist/],
    ["if (typeof Intl === 'object') fetch('b');", /^filter\.ts:4:35: fetch does not exist/],
    ["try { fetch('b'); } catch {}", /^filter\.ts:4:11: fetch does not exist/],
    [
      "require('node:fs').readFileSync('a');",
      /^filter\.ts:4:5: the module node:fs does not exist in a filter: a filter has no files/,
    ],
    ["import('node:fs');", /^filter\.ts:4:5: the module node:fs does not exist/],
  ])("%s", async (statement, text) => {
    expect(await saysOf(filter(statement))).toMatch(text);
  });

  test.each([
    "if (typeof fetch === 'function') fetch('a');",
    "if (typeof fetch !== 'undefined') fetch('a');",
    "if (typeof fetch === 'undefined') return 0; fetch('a');",
    "if (typeof fetch !== 'function') { host.log(2, 'a'); return 0; } fetch('a');",
    "typeof fetch === 'function' && fetch('a');",
    "typeof fetch !== 'function' || fetch('a');",
    "typeof Intl === 'object' ? Intl.NumberFormat('de') : 0;",
    "const has = typeof fetch === 'function'; if (has && host) fetch('a');",
    "const has = typeof document !== 'undefined' && host; if (has) document.title;",
    "if (globalThis.fetch) globalThis.fetch('a');",
    "if ('fetch' in globalThis) fetch('a');",
    "globalThis.fetch?.('a');",
    "host.log(2, String(globalThis.fetch));",
    "globalThis.fetch = () => 0; fetch('a');",
    "const fetch = (text: string) => host.log(2, text); fetch('a');",
    "const fetched = { fetch: 1, document: 2 }; host.log(fetched.fetch, 'document');",
    "let fs; try { fs = require('node:fs'); } catch {} host.log(2, String(fs));",
    "host.log(2, String(host instanceof File || typeof File));",
    "setTimeout(() => host.log(2, 'a'), 1);",
  ])("%s is allowed", async (statement) => {
    expect(await saysOf(filter(statement))).toBeUndefined();
  });

  test("only what is used counts, wherever it is imported from", async () => {
    const kit = `import { readFileSync } from "node:fs";
import https from "https";
export const read = (name) => readFileSync(name);
export const get = (url) => fetch(url);
export const call = () => https.get("a");
export const one = 1;`;
    const using = (name: string) =>
      `import { ${name} } from "kit";\nexport default () => ({ onConfigure: () => ({ a: ${name} }) });`;
    const files = { "node_modules/kit/index.js": kit, "node_modules/kit/package.json": '{"sideEffects":false}' };
    expect(await saysOf(using("one"), files)).toBeUndefined();
    expect(await saysOf(using("get"), files)).toMatch(/^node_modules\/kit\/index\.js:4:29: fetch does not exist/);
    expect(await saysOf(using("read"), files)).toMatch(
      /^node_modules\/kit\/index\.js:1:1: the module node:fs does not/,
    );
    expect(await saysOf(using("call"), files)).toMatch(/^node_modules\/kit\/index\.js:2:1: the module https does not/);
  });

  test("a package may have the name of one of Node's modules", async () => {
    const files = { "node_modules/events/index.js": "export const one = 1;", "node_modules/events/package.json": "{}" };
    expect(
      await saysOf(`import { one } from "events";\nexport default () => ({ onConfigure: () => one });`, files),
    ).toBeUndefined();
  });

  test("an error of the sources has its place", async () => {
    expect(await saysOf("export default (")).toMatch(/^filter\.ts:1:17: Unexpected end of file$/);
  });
});
