import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { openRepository, parseReference, writeLayout } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { eventually } from "proxy-wasm-host/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adds, applied, closeAfterTest, folder, imageOf, plugin } from "../fixtures/apply.ts";
import { ModuleCache } from "./module-cache.ts";

/** The plugin's name in the log. */
const NAME = "default.a~istio-translated-wasmplugin";

test("an image of a layout", async () => {
  const layout = join(folder(), "oci");
  const image = await imageOf("a");
  await writeLayout(layout, image, "v1");
  const documents = [plugin("a", { url: "oci://registry.example/wasm:v1" })];
  const { host, get } = await applied(documents, { places: { layouts: [layout] } });
  expect(await get()).toEqual(["200", "a", "ok"]);
  expect(host.application.plugins[0]?.module).toMatchObject({ from: "layout", digest: image.descriptor.digest });
});

test("a module's file, and what Envoy does if it is not there", async () => {
  const file = join(folder(), "a.wasm");
  const url = `file://${file}`;
  const { write, log, get, times } = await applied([plugin("a", { url, failStrategy: "FAIL_OPEN" })]);
  expect(await get()).toEqual(["500", "", ""]);
  expect(log.splice(0)).toEqual([`${NAME}: module ${file}: no such file; every request gets 500`]);
  writeFileSync(file, adds("a"));
  write([plugin("a", { url })]);
  await eventually(() => times() === 2);
  expect(await get()).toEqual(["200", "a", "ok"]);
  write([plugin("a", { url: `${url}.none` })]);
  await eventually(() => times() === 3);
  expect(await get()).toEqual(["200", "a", "ok"]);
  expect(log).toEqual([`${NAME}: module ${file}.none: no such file; the last good module stays`]);
});

test("a download: its bytes are what sha256 says, or it is not run", async () => {
  const module = adds("a");
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(request.url === "/page" ? "<html>" : module);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  closeAfterTest(server);
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const sha256 = createHash("sha256").update(module).digest("hex");
  const documents = (path: string, sha256?: string) => [plugin("a", { url: url(path), ...(sha256 && { sha256 }) })];
  const places = { cache: new ModuleCache(folder()) };

  const { write, log, get, times } = await applied(documents("/a.wasm"), { places });
  expect(await get()).toEqual(["200", "a", "ok"]);
  write(documents("/b.wasm", "ab".repeat(32)));
  await eventually(() => times() === 2);
  expect(await get()).toEqual(["403", "", "RBAC: access denied"]);
  expect(log).toEqual([
    `${NAME}: ${url("/b.wasm")}: its bytes have the digest sha256:${sha256}, sha256 says sha256:${"ab".repeat(32)}; every request gets 403`,
  ]);
  write(documents("/c.wasm", sha256));
  await eventually(() => times() === 3);
  expect(await get()).toEqual(["200", "a", "ok"]);
  write(documents("/d.wasm", sha256));
  await eventually(() => times() === 4);
  expect(asked).toEqual(["/a.wasm", "/b.wasm", "/c.wasm"]);
  write(documents("/page"));
  await eventually(() => times() === 5);
  expect(log.at(-1)).toBe(`${NAME}: ${url("/page")}: not a WebAssembly module; every request gets 403`);
});

describe("images of docker-registry", unless(registryMissing), () => {
  let open: TestRegistry;
  let closed: TestRegistry;
  beforeAll(async () => {
    [open, closed] = await Promise.all([startRegistry(), startRegistry({ auth: "htpasswd" })]);
  });
  afterAll(() => Promise.all([open?.close(), closed?.close()]));

  const push = async (name: string, tag: string, { host, credentials }: TestRegistry = open) => {
    const image = await imageOf(name);
    await openRepository(parseReference(`${host}/wasm/filter`), { credentials }).push(image, tag);
    return image.descriptor.digest;
  };
  const url = (rest: string, { host }: TestRegistry = open) => `oci://${host}/wasm/filter${rest}`;

  test("pulled, and kept for the next time", async () => {
    const digest = await push("a", "v1");
    const places = { cache: new ModuleCache(join(folder(), "cache")) };
    for (const [from, reference] of [
      ["registry", ":v1"],
      ["cache", ":v1"],
      ["cache", `@${digest}`],
    ]) {
      const { host, get } = await applied([plugin("a", { url: url(reference ?? "") })], { places });
      expect(host.application.plugins[0]?.module).toMatchObject({ from, digest });
      expect(await get()).toEqual(["200", "a", "ok"]);
    }
  });

  test("by the Secret that imagePullSecret names, of the same namespace", async () => {
    await push("a", "v1", closed);
    const { username = "", password = "" } = closed.credentials ?? {};
    const config = { auths: { [closed.host]: { auth: Buffer.from(`${username}:${password}`).toString("base64") } } };
    const secret = (namespace: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "pull", namespace },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": Buffer.from(JSON.stringify(config)).toString("base64") },
    });
    const asks = plugin("a", { url: url(":v1", closed), imagePullSecret: "pull" });
    const { write, log, get, times } = await applied([asks, secret("other")]);
    expect(await get()).toEqual(["403", "", "RBAC: access denied"]);
    expect(log.splice(0)).toEqual([
      `${NAME}: ${url(":v1", closed)}: imagePullSecret: no Secret default/pull of type kubernetes.io/dockerconfigjson among the manifests; give its file with -f; every request gets 403`,
    ]);
    write([asks, secret("default")]);
    await eventually(() => times() === 2);
    expect(await get()).toEqual(["200", "a", "ok"]);
    write([plugin("a", { url: url(":v1", closed) })]);
    await eventually(() => times() === 3);
    const refused = `Istio refuses the registry ${closed.host}: "rejected unsafe bearer realm: realm scheme "" not allowed"`;
    const warning = `: ${url(":v1", closed)}: in a cluster it would not run: ${refused}`;
    expect(log).toEqual([warning, warning, expect.stringContaining("401")]);
    expect(log.join()).not.toContain(password);
  });

  test.each(["url", "sha256"])("a digest in %s is the manifest's, and is checked", async (place) => {
    const digest = await push("a", "v1");
    const other = await push("b", "v2");
    const spec = (tag: string, pin: string) =>
      place === "url" ? { url: url(`:${tag}@${pin}`) } : { url: url(`:${tag}`), sha256: pin.slice(7) };
    const { write, log, get, times } = await applied([plugin("a", spec("v1", digest))]);
    expect(await get()).toEqual(["200", "a", "ok"]);
    const wrong = place === "url" ? `sha256:${"ab".repeat(32)}` : other;
    write([plugin("a", spec("v1", wrong))]);
    await eventually(() => times() === 2);
    expect(await get()).toEqual(["403", "", "RBAC: access denied"]);
    const reason = place === "url" ? "404 MANIFEST_UNKNOWN" : `pins ${other}`;
    expect(log).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    ["FAIL_CLOSE", ["403", "", "RBAC: access denied"]],
    ["FAIL_RELOAD", ["403", "", "RBAC: access denied"]],
    ["FAIL_OPEN", ["200", "", "ok"]],
  ])("an image that is not there: %s", async (failStrategy, answer) => {
    const { host, log, get } = await applied([plugin("a", { url: url(":none"), failStrategy })]);
    expect(await get()).toEqual(answer);
    expect(log).toEqual([expect.stringMatching(/manifest none: 404 MANIFEST_UNKNOWN/)]);
    expect(host.plugins.map(({ state }) => state)).toEqual(["unavailable"]);
  });

  test.each([
    ["IfNotPresent", ":moving", "a"],
    ["Always", ":moving", "b"],
    [undefined, ":moving", "a"],
    [undefined, ":latest", "b"],
    [undefined, "", "a"],
  ])("a tag that moves, once its resource changes: %s, %j", async (imagePullPolicy, tag, then) => {
    const spec = { url: url(tag), ...(imagePullPolicy && { imagePullPolicy }) };
    await push("a", tag.slice(1) || "latest");
    const places = { cache: new ModuleCache(folder()) };
    const { write, get, times } = await applied([plugin("a", spec)], { places });
    await push("b", tag.slice(1) || "latest");
    write([plugin("a", spec), { apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } }]);
    await eventually(() => times() === 2);
    expect(await get()).toEqual(["200", "a", "ok"]);
    write([plugin("a", { ...spec, pluginName: "changed" })]);
    await eventually(() => times() === 3);
    expect(await get()).toEqual(["200", then, "ok"]);
  });
});
