import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { writeLayout } from "@wasm-header-filter/oci";
import { eventually } from "proxy-wasm-host/testing";
import { beforeEach, expect, test } from "vitest";
import { adds, applied, folder, imageOf, plugin } from "../fixtures/apply.ts";

let layouts: string[];
beforeEach(async () => {
  const made = ["a", "b"].map((name) => ({ name, dir: join(folder(), name) }));
  for (const { name, dir } of made) await writeLayout(dir, await imageOf(name), name);
  layouts = made.map(({ dir }) => dir);
});
const url = (tag: string) => `oci://registry.example/wasm:${tag}`;

test("a manifest is edited while requests are in flight: none is dropped, each ends with the chain that it started with", async () => {
  const waiting: ServerResponse[] = [];
  const { host, write, times } = await applied([plugin("p", { url: url("a") })], {
    places: { layouts },
    answer: (request, response) => (request.url === "/slow" ? waiting.push(response) : response.end("ok")),
  });
  const slow = Array.from({ length: 20 }, () => fetch(new URL("/slow", host.url)));
  await eventually(() => waiting.length === 20);

  let asking = true;
  const steady = (async () => {
    const seen = new Set<string>();
    while (asking) {
      const { status, headers } = await fetch(host.url);
      seen.add(`${status} ${headers.has("x-a") ? "a" : ""}${headers.has("x-b") ? "b" : ""}`);
    }
    return seen;
  })();
  write([plugin("p", { url: url("b") })]);
  await eventually(() => times() === 2);
  expect((await fetch(host.url)).headers.has("x-b")).toBe(true);
  write([]);
  await eventually(() => times() === 3);
  expect((await fetch(host.url)).headers.has("x-b")).toBe(false);
  asking = false;
  expect([...(await steady)].filter((answer) => !["200 a", "200 b", "200 "].includes(answer))).toEqual([]);

  for (const response of waiting) response.end("late");
  const ended = await Promise.all(slow.map(async (one) => [(await one).headers.get("x-a"), await (await one).text()]));
  expect(ended).toEqual(Array.from({ length: 20 }, () => ["1", "late"]));
});

test("a manifest that is edited is followed by each of several workers", async () => {
  const { host, write, times } = await applied([plugin("p", { url: url("a") })], { places: { layouts }, workers: 2 });
  const answers = async () => {
    const all = Array.from({ length: 20 }, () => fetch(host.url, { headers: { connection: "close" } }));
    const seen = (await Promise.all(all)).map(({ status, headers }) => [
      status,
      headers.has("x-a"),
      headers.has("x-b"),
    ]);
    return new Set(seen.map(String));
  };
  expect(await answers()).toEqual(new Set(["200,true,false"]));
  write([plugin("p", { url: url("b") })]);
  await eventually(() => times() === 2);
  // The workers apply the new chain one after the other.
  while ((await answers()).has("200,true,false"));
  expect(await answers()).toEqual(new Set(["200,false,true"]));
});

test("an invalid manifest is one line of the log, and the last valid one stays in effect", async () => {
  const { file, write, log, get, times } = await applied([plugin("p", { url: url("a") })], { places: { layouts } });
  write([plugin("p", { url: url("b"), phase: "authn" })]);
  await eventually(() => log.length === 1);
  expect(log[0]).toMatch(
    /^: \S+plugin\.yaml:2:\d+: WasmPlugin p: spec\.phase must be one of .*; the last valid manifests stay in effect$/,
  );
  expect(await get()).toEqual(["200", "a", "ok"]);
  rmSync(file);
  await eventually(() => log.length === 2);
  expect(log[1]).toBe(`: manifest ${file}: no such file; the last valid manifests stay in effect`);
  // A save in place, in two steps.
  const text = JSON.stringify(plugin("p", { url: url("b") }));
  writeFileSync(file, text.slice(0, 20));
  appendFileSync(file, text.slice(20));
  await eventually(() => times() === 2);
  expect(await get()).toEqual(["200", "b", "ok"]);
});

test("a module that refuses its new configuration stays as it was", async () => {
  const file = join(folder(), "p.wasm");
  writeFileSync(
    file,
    adds("a", '(func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.eqz (local.get 1)))'),
  );
  const { write, log, get, times } = await applied([plugin("p", { url: `file://${file}` })]);
  write([plugin("p", { url: `file://${file}`, pluginConfig: { a: 1 } })]);
  await eventually(() => times() === 2);
  expect(log.at(-1)).toMatch(
    /refused its configuration: proxy_on_configure returned false; the last good configuration/,
  );
  expect(await get()).toEqual(["200", "a", "ok"]);
});

test("manifests of a folder are added and removed with their files", async () => {
  const dir = join(folder(), "manifests");
  mkdirSync(dir);
  const save = (name: string, tag: string) =>
    writeFileSync(join(dir, name), JSON.stringify(plugin(tag, { url: url(tag) })));
  save("a.yaml", "a");
  const { get, times } = await applied([], { files: [dir], places: { layouts } });
  save("b.json", "b");
  save("c.txt", "no manifest");
  await eventually(() => times() === 2);
  // Responses pass the last plugin first.
  expect(await get()).toEqual(["200", "b a", "ok"]);
  rmSync(join(dir, "a.yaml"));
  await eventually(() => times() === 3);
  expect(await get()).toEqual(["200", "b", "ok"]);
});

test("a link's file is followed where it is", async () => {
  const [target, link] = [join(folder(), "there.yaml"), join(folder(), "here.yaml")];
  const save = (tag: string) => writeFileSync(target, JSON.stringify(plugin("p", { url: url(tag) })));
  save("a");
  symlinkSync(target, link);
  const { get, times } = await applied([], { files: [link], places: { layouts } });
  save("b");
  await eventually(() => times() === 2);
  expect(await get()).toEqual(["200", "b", "ok"]);
});

test("a module's file is followed as its manifest is; a file that is gone changes nothing", async () => {
  const file = join(folder(), "plugin.wasm");
  const save = (name: string) => {
    writeFileSync(`${file}.new`, adds(name));
    renameSync(`${file}.new`, file);
  };
  save("a");
  const { get, log, times } = await applied([plugin("p", { url: `file://${file}` })]);
  expect(await get()).toEqual(["200", "a", "ok"]);
  save("b");
  await eventually(() => times() === 2);
  expect(await get()).toEqual(["200", "b", "ok"]);
  rmSync(file);
  await eventually(() => log.length === 1);
  expect(log[0]).toBe(`: module ${file}: no such file; the module that was loaded stays in effect`);
  await eventually(() => times() === 3);
  expect(await get()).toEqual(["200", "b", "ok"]);
  save("a");
  await eventually(() => times() === 4);
  expect(await get()).toEqual(["200", "a", "ok"]);
});

test("a module's file may come later", async () => {
  const file = join(folder(), "later", "plugin.wasm");
  const { get, times } = await applied([plugin("p", { url: `file://${file}` })]);
  expect((await get())[0]).not.toBe("200");
  mkdirSync(join(file, ".."));
  writeFileSync(file, adds("a"));
  await eventually(() => times() >= 2);
  while ((await get())[0] !== "200");
  expect(await get()).toEqual(["200", "a", "ok"]);
});
