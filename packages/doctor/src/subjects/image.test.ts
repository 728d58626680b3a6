import { rmSync } from "node:fs";
import { unless } from "@wasm-header-filter/cli/testing";
import { createImage, MEDIA_TYPES, openLayout, openRepository, parseReference } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry } from "@wasm-header-filter/oci/testing";
import { filter, on } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { examineImage } from "../examination.ts";
import { IMAGE_REMEDIES } from "../fixtures/image-remedies.ts";
import { BAD_IMAGES, GOOD_IMAGES, type ImageCase } from "../fixtures/images.ts";
import { LayoutBuilder } from "../fixtures/layout-builder.ts";
import { IMAGE_RULES } from "../rules/image-rules.ts";
import { LAYER_RULES } from "../rules/layer-rules.ts";
import { findSource } from "./source.ts";

const module = filter(on("proxy_on_request_headers", '(say "here")'));
const conditions = { envoy: "1.40", configuration: Buffer.from("{}"), configuredBy: "{}" } as const;

async function look({ build, pin }: ImageCase) {
  const layout = new LayoutBuilder();
  const top = await build(layout, module);
  const dir = layout.write(top);
  try {
    const pins = pin ? [{ digest: pin(top, module), by: "sha256" }] : [];
    return await examineImage({ name: dir, store: openLayout(dir), at: "v1", pins }, conditions);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test.each(GOOD_IMAGES.map((one) => [one.name, one] as const))("nothing is found in %s", async (_, one) => {
  const { findings, module: facts } = await look(one);
  expect(findings).toEqual([]);
  expect(facts?.sizes.raw).toBe(module.length);
});

/** The examination of an image after a finding's remedy was carried out on it. */
function lookAgain(one: ImageCase, fix: string) {
  const { does, build, pin } = IMAGE_REMEDIES[one.name] ?? expect.unreachable("has no remedy");
  expect(fix).toContain(does);
  return look({
    ...one,
    ...(build && { build: (layout, module) => build(layout, module, fix) }),
    ...(pin && { pin: () => pin(fix) }),
  });
}

test.each(BAD_IMAGES.map((one) => [one.rule, one.name, one] as const))(
  "%s finds %s, and nothing once its remedy is carried out",
  async (rule, _, one) => {
    const { findings } = await look(one);
    const found = findings.find((finding) => finding.rule === rule);
    expect(`${found?.what} ${found?.why} ${found?.fix}`).toContain(one.says ?? "");
    const harmless = ["image-index", "image-layers-extra"];
    expect(findings.map((finding) => finding.rule).filter((id) => id === rule || !harmless.includes(id))).toEqual([
      rule,
    ]);
    const after = await lookAgain(one, found?.fix ?? "");
    const stays = findings.map((finding) => finding.rule).filter((id) => id !== rule);
    const reports = after.findings.map((finding) => finding.rule);
    expect(reports.filter((id) => id === rule || !(stays.includes(id) || harmless.includes(id)))).toEqual([]);
    expect(after.outcome).toBe("fit");
  },
);

test("each rule about images has a case", () => {
  const proved = BAD_IMAGES.map(({ rule }) => rule);
  expect([...IMAGE_RULES, ...LAYER_RULES].map(({ id }) => id).filter((id) => !proved.includes(id))).toEqual([]);
});

test("an image in a registry", unless(registryMissing), async () => {
  const registry = await startRegistry();
  try {
    const name = `${registry.host}/wasm`;
    const repository = openRepository(parseReference(`${name}/filter`));
    const { digest, size, mediaType } = await repository.push(
      await createImage("compat", { module, abi: "0.2.1", annotations: {} }),
      "v1",
    );
    const manifests = [{ digest, size, mediaType, platform: { os: "linux", architecture: "amd64" } }];
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests }));
    const indexed = await repository.putManifest("index", index, MEDIA_TYPES.index);
    const rules = async (reference: string) => {
      const source = findSource(`oci://${name}/${reference}`, {});
      if (source.kind !== "images" || !source.images[0]) throw new Error(`${reference}: no image`);
      return (await examineImage(source.images[0], conditions)).findings.map(({ rule }) => rule);
    };
    expect(await rules("filter:v1")).toEqual([]);
    expect(await rules(`filter@${digest}`)).toEqual([]);
    expect(await rules("filter:v2")).toEqual(["image-unreachable"]);
    expect(await rules("filter:index")).toEqual(["image-index"]);
    expect(await rules(`filter:index@${indexed.digest}`)).toEqual(["image-index", "image-digest"]);
  } finally {
    await registry.close();
  }
});
