import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createImage, hexOf, parseReference, type Variant, writeLayout } from "@wasm-header-filter/oci";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cluster } from "./cluster.ts";
import { envoy } from "./kinds/envoy.ts";
import { resolveRequest, type Wanted } from "./resolve.ts";

const dir = mkdtempSync(join(tmpdir(), "resolve-"));
afterAll(() => rmSync(dir, { recursive: true }));

const SHA = "ab".repeat(32);
const MODULE = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
let built: Variant;
let manifest: string;

beforeAll(async () => {
  const image = await createImage("compat", { module: Uint8Array.of(0), abi: "0.2.1", annotations: {} });
  const layout = join(dir, "oci");
  await writeLayout(layout, image, "1.2.3-as");
  manifest = hexOf(image.descriptor.digest);
  const plugin = { module: { sha256: MODULE }, image: { digest: image.descriptor.digest } } as Variant["plugin"];
  const dist = { layout, module: join(dir, "plugin.wasm"), plugin: "" };
  built = {
    dir,
    name: "x",
    variant: "as",
    version: "1.2.3",
    toolchain: [],
    onDemand: false,
    contents: [],
    dist,
    ...(plugin && { plugin }),
  };
});

const usual: Wanted = { target: cluster, name: "n", namespace: "ns", fields: {}, connection: {} };
const pushed = { ...usual, repository: parseReference("a.example/wasm") };
const spec = async (wanted: Wanted, variant: Variant | undefined = built) =>
  (await resolveRequest(wanted, variant)).spec;

test("the lab's workload, unless the request says otherwise", async () => {
  expect(await spec(pushed)).toEqual({
    selector: { matchLabels: { app: "httpbin" } },
    url: "oci://a.example/wasm:1.2.3-as",
  });
  const fields = { targetRefs: [{ kind: "Service", name: "s" }], pluginConfig: {}, phase: "AUTHN" as const };
  expect(Object.keys(await spec({ ...pushed, fields }))).toEqual(["targetRefs", "phase", "url"]);
});

test("the layout's digest is pinned in both places", async () => {
  expect(await spec({ ...pushed, digest: "layout" })).toMatchObject({
    url: `oci://a.example/wasm:1.2.3-as@sha256:${manifest}`,
    sha256: manifest,
  });
});

test("a digest in the URL is said in sha256 too; one in sha256 alone stays there", async () => {
  const url = `oci://b.example/xx:v1@sha256:${SHA}`;
  expect(await spec({ ...usual, moduleUrl: url })).toMatchObject({ url, sha256: SHA });
  const given = { ...pushed, fields: { sha256: `sha256:${SHA}` } };
  expect(await spec(given)).toMatchObject({ url: "oci://a.example/wasm:1.2.3-as", sha256: SHA });
});

test("a download of a built variant is pinned by its wasm file", async () => {
  const moduleUrl = "https://a.example/plugin.wasm";
  expect(await spec({ ...usual, moduleUrl })).toMatchObject({ url: moduleUrl, sha256: MODULE });
  expect(await resolveRequest({ ...usual, moduleUrl }, undefined)).not.toHaveProperty("spec.sha256");
});

test("a file", async () => {
  expect((await spec({ ...usual, modulePath: "/etc/a b.wasm" })).url).toBe("file:///etc/a%20b.wasm");
  expect((await spec({ ...usual, target: envoy.target })).url).toBe(`file://${built.dist.module}`);
});

test.each([
  [
    "the wasm file's digest",
    { fields: { sha256: MODULE } },
    "this is the digest of the wasm file, but Istio expects that of the image manifest, sha256:",
  ],
  [
    "another digest than the layout's",
    { digest: "layout" as const, fields: { sha256: SHA } },
    "the image in the layout of as is sha256:",
  ],
  [
    "another digest than the URL's",
    { moduleUrl: `oci://b.example/xx@sha256:${"cd".repeat(32)}`, fields: { sha256: SHA } },
    "is not the digest in the URL, sha256:cd",
  ],
  ["no digest", { fields: { sha256: "x" } }, "expected 64 lower-case hexadecimal digits"],
  ["a version that isn't built", { digest: "layout" as const, version: "9.9.9" }, 'no image has the tag "9.9.9-as"'],
  ["no scheme", { moduleUrl: "a.example:5000/wasm:v1" }, "unsupported scheme: a.example"],
  ["a relative file in a container", { modulePath: "plugin.wasm" }, "expected an absolute path"],
])("refused: %s", async (_, wanted, reason) => {
  await expect(resolveRequest({ ...pushed, ...wanted }, built)).rejects.toThrow(reason);
});
