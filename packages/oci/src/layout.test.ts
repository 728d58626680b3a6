import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { hexOf } from "./digest.ts";
import { folder } from "./fixtures/folder.ts";
import { wasmModule } from "./fixtures/module.ts";
import { createImage } from "./formats.ts";
import type { Descriptor } from "./image.ts";
import { readLayout, readModule, writeLayout } from "./layout.ts";
import { place } from "./place.ts";

const module = wasmModule();
const image = await createImage("compat", { module, abi: "0.2.1", annotations: {} });
let root: string;
let dir: string;
beforeEach(async () => {
  root = folder();
  dir = join(root, "oci");
  await writeLayout(dir, image, "1.0.0-as");
});

function blobOf(descriptor: Descriptor | undefined): string {
  return join(dir, "blobs", "sha256", hexOf(descriptor?.digest ?? "sha256:"));
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(join(dir, file), change(readFileSync(join(dir, file), "utf8")));
}

test("what is written is read back", async () => {
  const [read, ...rest] = readLayout(dir);
  expect(rest).toEqual([]);
  expect(read.tag).toBe("1.0.0-as");
  expect(read.manifest).toEqual(image.manifest);
  expect(read.descriptor).toMatchObject(image.descriptor);
  expect([...read.blobs.keys()].sort()).toEqual([...image.blobs.keys()].sort());
  expect(Buffer.compare(await readModule(dir), module)).toBe(0);
  expect(Buffer.compare(await readModule(dir, "1.0.0-as"), module)).toBe(0);
  await expect(readModule(dir, "2.0.0-as")).rejects.toThrow('no image has the tag "2.0.0-as", there is 1.0.0-as');
});

test("of several images, the tag says which", async () => {
  edit("index.json", (text) => {
    const index = JSON.parse(text);
    const [first] = index.manifests;
    const { annotations: _, ...untagged } = first;
    return JSON.stringify({ ...index, manifests: [first, untagged] });
  });
  expect(Buffer.compare(await readModule(dir, "1.0.0-as"), module)).toBe(0);
  await expect(readModule(dir)).rejects.toThrow("holds 2 images (1.0.0-as, (no tag)), say which one by its tag");
});

const digest = `sha256:${"0".repeat(64)}`;
test.each<[string, () => void, string]>([
  ["no layout", () => writeFileSync(join(dir, "oci-layout"), "{}"), 'imageLayoutVersion is missing, expected "1.0.0"'],
  ["another version", () => edit("oci-layout", (text) => text.replace("1.0", "2.0")), 'imageLayoutVersion is "2.0.0"'],
  ["index cut short", () => truncateSync(join(dir, "index.json"), 20), "index.json: not JSON"],
  ["index without images", () => edit("index.json", () => '{"schemaVersion":2,"manifests":[]}'), "names no image"],
  ["index of an index", () => edit("index.json", (t) => t.replaceAll("manifest.v1", "index.v1")), "is an image index"],
  ["path instead of a digest", () => edit("index.json", (t) => t.replace(/sha256:\w+/, "../../x")), 'got "../../x"'],
  [
    "other digest algorithm",
    () => edit("index.json", (t) => t.replace("sha256:", "sha512:")),
    "digest must be sha256:",
  ],
  ["missing blob", () => edit("index.json", (t) => t.replace(/sha256:\w+/, digest)), `${"0".repeat(64)}: no such file`],
  [
    "negative size",
    () => edit("index.json", (t) => t.replace(/"size":/, '"size":-')),
    "size must be a number of bytes",
  ],
  ["manifest cut short", () => truncateSync(blobOf(image.descriptor), 50), "50 bytes, its descriptor says"],
  ["layer cut short", () => truncateSync(blobOf(image.manifest.layers[0]), 50), "50 bytes, its descriptor says"],
  [
    "layer grown",
    () => writeFileSync(blobOf(image.manifest.layers[0]), "x".repeat(1000)),
    "1000 bytes, its descriptor",
  ],
  [
    "config changed",
    () => writeFileSync(blobOf(image.manifest.config), readFileSync(blobOf(image.manifest.config)).fill(32, 0, 1)),
    "so it was changed",
  ],
])("refused: %s", (_, spoil, reason) => {
  spoil();
  expect(() => readLayout(dir)).toThrow(reason);
});

test("a new layout replaces the old one as a whole", async () => {
  const next = await createImage("artifact", { module, abi: "0.2.1", annotations: {} });
  await writeLayout(dir, next, "2.0.0-as");
  expect(readLayout(dir).map(({ tag }) => tag)).toEqual(["2.0.0-as"]);
  expect(readdirSync(join(dir, "blobs", "sha256")).sort()).toEqual([...next.blobs.keys()].map(hexOf).sort());
  expect(readdirSync(root)).toEqual(["oci"]);
});

test("the old layout stays when the new one can't be completed", async () => {
  const failing = place(root, ["oci"], () => {
    throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  expect(readLayout(dir)).toHaveLength(1);
  expect(readdirSync(root)).toEqual(["oci"]);
});

test("what is not written any more is removed", async () => {
  writeFileSync(join(root, "other"), "");
  await place(root, ["oci", "other"], (staging) => writeFileSync(join(staging, "oci"), "new"));
  expect(readdirSync(root)).toEqual(["oci"]);
  rmSync(join(root, "oci"));
});

test("what a killed process left is cleared away", async () => {
  const left = join(root, ".staged-999999999-x");
  writeFileSync(left, "");
  await writeLayout(dir, image, "1.0.0-as");
  expect(existsSync(left)).toBe(false);
});
