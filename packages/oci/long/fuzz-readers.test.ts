import { unless } from "@wasm-header-filter/cli/testing";
import { FUZZ_SECONDS, fuzzReader, goMissing } from "@wasm-header-filter/readers";
import { describe, expect, test } from "vitest";
import { ASKED_IMAGES, DOCKER_CONFIGS } from "../src/fixtures/docker-configs.ts";
import { type AskedConfig, type ConfigVerdict, differenceOf } from "../src/fixtures/read-config.ts";
import { hasEqualKeys } from "../test/readers/equal-keys.ts";
import { randomArchive, randomManifest } from "../test/readers/random-images.ts";
import { randomJson } from "../test/readers/random-json.ts";
import { type ImageVerdict, readStored, taken } from "../test/readers/read-stored.ts";
import type { StoredForm } from "../test/readers/registry-writer.ts";

const LIMIT = { timeout: (FUZZ_SECONDS + 300) * 1_000 };
const CONFIGS = Object.values(DOCKER_CONFIGS);

/** JSON.parse keeps the last of two equal keys, where Go joins their values; nothing that writes images or logs in writes a key twice. */
const isKnown = (json: string | undefined): boolean => hasEqualKeys(json ?? "");

async function compareImages(input: StoredForm, theirs: ImageVerdict): Promise<string | undefined> {
  const ours = await readStored(input);
  if (ours.error?.includes("\n")) return `more than one line: ${ours.error}`;
  if (taken(ours) === taken(theirs)) return undefined;
  const manifest = Buffer.from(input.manifests.latest?.bytes ?? "", "base64").toString();
  if (isKnown(manifest)) return undefined;
  return `${JSON.stringify(ours)}, Istio: ${JSON.stringify(theirs)}, the manifest is ${manifest}`;
}

async function compareConfigs(input: AskedConfig, theirs: ConfigVerdict): Promise<string | undefined> {
  const difference = await differenceOf(input, theirs);
  return isKnown(input.config) ? undefined : difference;
}

describe("random input", unless(goMissing), () => {
  test.each([
    ["archives", randomArchive],
    ["manifests of images", randomManifest],
  ] as const)("%s", LIMIT, async (name, make) => {
    expect(await fuzzReader({ reader: "image", name, make, compare: compareImages })).toEqual([]);
  });

  test("Docker configurations", LIMIT, async () => {
    const found = await fuzzReader<AskedConfig, ConfigVerdict>({
      reader: "docker-config",
      name: "Docker configurations",
      make: (random) => ({
        config: randomJson(random, random.pick(CONFIGS)),
        // The one that is read from a file takes longer.
        secret: !random.oneIn(8),
        image: random.pick(ASKED_IMAGES),
      }),
      compare: compareConfigs,
    });
    expect(found).toEqual([]);
  });
});
