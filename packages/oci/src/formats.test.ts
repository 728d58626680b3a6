import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { digestOf } from "./digest.ts";
import { extractModule, formatOf } from "./extract.ts";
import { wasmModule } from "./fixtures/module.ts";
import { createImage, FORMATS } from "./formats.ts";
import { packLayer } from "./layer.ts";

const module = wasmModule(undefined, 300_000);
const input = { module, abi: "0.2.1", annotations: { b: "2", a: "1" } };

// Whatever machine and Node version these run on: an image's digest is a promise.
test.each([
  ["compat", "sha256:345ca5a750de9cf3415906eacb5bd640dec672740efd9c6e210521171e05d7c2"],
  ["docker", "sha256:436995b279dd63c49460f05fa39bc0516af0bdf15e867d0ce88a0b628caf4779"],
  ["artifact", "sha256:bdf39135b533fb4452e58474cad8a0b71423b2c97b8cb5b772e83a03de41e324"],
] as const)("%s is the same image everywhere", async (format, digest) => {
  expect((await createImage(format, input)).descriptor.digest).toBe(digest);
});

test("the order of annotations makes no difference, the creation time does", async () => {
  const other = await createImage("compat", { ...input, annotations: { a: "1", b: "2" } });
  const { descriptor } = await createImage("compat", input);
  expect(other.descriptor).toEqual(descriptor);
  const dated = await createImage("compat", { ...input, created: "2026-01-01T00:00:00Z" });
  expect(dated.descriptor.digest).not.toBe(descriptor.digest);
});

test.each(FORMATS)("what goes into %s comes out", async (format) => {
  const image = await createImage(format, input);
  expect(formatOf(image.manifest)).toBe(format);
  expect(digestOf(await extractModule(image, "image"))).toBe(digestOf(module));
});

test("the layer is plain tar in gzip without time, owner or system", async () => {
  const { tar, gzip } = await packLayer(module);
  expect(Buffer.compare(gunzipSync(gzip), tar)).toBe(0);
  expect([...gzip.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
  const field = (at: number, length: number) => Buffer.from(tar.subarray(at, at + length)).toString("latin1");
  const [name, mode, uid, gid, time] = [field(0, 12), field(100, 8), field(108, 8), field(116, 8), field(136, 12)];
  expect({ name, mode, uid, gid, time }).toEqual({
    name: "plugin.wasm\0",
    mode: "0000644\0",
    uid: "0000000\0",
    gid: "0000000\0",
    time: "00000000000\0",
  });
  expect(field(265, 64)).toBe("\0".repeat(64));
});
