import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createImage, digestOf, hexOf } from "@wasm-header-filter/oci";
import { filter } from "proxy-wasm-host/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { examineManifest } from "./examine-manifest.ts";
import { LayoutBuilder, tar } from "./fixtures/layout-builder.ts";
import { ELSEWHERE, REMEDIES } from "./fixtures/manifest-remedies.ts";
import { BAD_MANIFESTS, GOOD_MANIFESTS, type ManifestCase } from "./fixtures/manifests.ts";
import { DOWNLOAD_RULES } from "./rules/download-rules.ts";
import { FILE_RULES } from "./rules/file-rules.ts";
import { MANIFEST_FILE_RULES } from "./rules/manifest-file-rules.ts";
import { MANIFEST_RULES } from "./rules/manifest-rules.ts";
import { TYPE_RULES } from "./rules/type-rules.ts";

// Logs its configuration, and refuses long ones.
const module = filter(`
  (func (export "proxy_on_configure") (param $context i32) (param $size i32) (result i32)
    (drop (call $proxy_get_buffer_bytes (i32.const 7) (i32.const 0) (local.get $size) (i32.const 16) (i32.const 20)))
    (drop (call $proxy_log (i32.const 4) (i32.load (i32.const 16)) (i32.load (i32.const 20))))
    (i32.lt_u (local.get $size) (i32.const 60)))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (i32.eqz (local.get 1)))`);

const { blobs, descriptor } = await createImage("compat", { module, abi: "0.2.1", annotations: {} });
const builder = new LayoutBuilder();
for (const bytes of blobs.values()) builder.blob("", bytes);
const layout = builder.tag(descriptor, "latest").write(descriptor);

const folder = mkdtempSync(join(tmpdir(), "doctor-"));
writeFileSync(join(folder, "plugin.wasm"), module);

// Serves the module in a compressed tar archive, which Istio unpacks.
const server = createServer(({ url }, response) => {
  response.statusCode = url === "/plugin.wasm" ? 200 : 404;
  response.end(url === "/plugin.wasm" ? gzipSync(tar({ name: "a.wasm", data: module })) : "no");
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.close();
  rmSync(layout, { recursive: true });
  rmSync(folder, { recursive: true });
});

const look = async ({ yaml }: ManifestCase) => {
  const text = yaml
    .replaceAll("DIGEST", hexOf(descriptor.digest))
    .replaceAll("MODULE", hexOf(digestOf(module)))
    .replaceAll("FILE", join(folder, "plugin.wasm"))
    .replaceAll("SERVER", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const given = { envoy: "1.40" } as const;
  const examined = await examineManifest(text, "plugin.yaml", given, { layout });
  return examined.flatMap(([, { findings }]) => findings);
};

test.each(GOOD_MANIFESTS.map((one) => [one.name, one] as const))("nothing is found in %s", async (_, one) => {
  expect(await look(one)).toEqual([]);
});

test.each(BAD_MANIFESTS.map((one) => [one.rule, one.name, one] as const))("%s finds %s", async (rule, _, one) => {
  const findings = await look(one);
  expect(findings.map((finding) => finding.rule)).toEqual([...(one.also ?? []), rule]);
  const found = findings.at(-1);
  expect(`${found?.what} ${found?.why} ${found?.fix}`).toContain(one.says ?? "");
});

const curable = BAD_MANIFESTS.filter(({ rule = "" }) => !(rule in ELSEWHERE));
test.each(curable.map((one) => [one.rule, one.name, one] as const))(
  "%s is gone from %s once its remedy is carried out",
  async (rule, name, one) => {
    const [found] = (await look(one)).filter((finding) => finding.rule === rule);
    const value = /oci:\/\/\S+|(?<=sha256:\s?)[0-9a-f]{64}/.exec(found?.fix ?? "")?.[0] ?? "";
    let { yaml } = one;
    for (const [from, to] of REMEDIES[name] ?? expect.unreachable("has no remedy")) {
      expect(yaml).toContain(from);
      yaml = yaml.replace(from, to.replace("FIX", value));
    }
    expect(await look({ ...one, yaml })).toEqual([]);
  },
);

test("each rule about manifests has a case", () => {
  const ids = [...MANIFEST_FILE_RULES, ...MANIFEST_RULES, ...DOWNLOAD_RULES, ...FILE_RULES, ...TYPE_RULES].map(
    ({ id }) => id,
  );
  expect(ids.filter((id) => !BAD_MANIFESTS.some(({ rule }) => rule === id))).toEqual([]);
});
