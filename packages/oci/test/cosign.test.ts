import { createPublicKey } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE } from "../src/attest/bundle.ts";
import { verifyImage } from "../src/attest/verify.ts";
import { digestOf } from "../src/digest.ts";
import { type Stored, type StoredRegistry, startStored, WITH_REFERRERS_API } from "../src/fixtures/stored-registry.ts";
import { blob, type Descriptor } from "../src/image.ts";
import { MEDIA_TYPES } from "../src/mediatypes.ts";
import { parseReference } from "../src/reference.ts";
import { openRepository } from "../src/registry/repository.ts";
import { type CosignRecord, recordCosign, writeRecord } from "./cosign/record.ts";

const path = fileURLToPath(new URL("cosign/cosign.record.json", import.meta.url));
if (process.env.RECORD === "1") writeRecord(path, await recordCosign());
if (!existsSync(path))
  throw new Error(`${path}: no such file: run RECORD=1 npx vitest run with this test, where Go is installed`);
const record: CosignRecord = JSON.parse(readFileSync(path, "utf8"));

/** Where this differs from cosign, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  "cosign-bundle-of-other-tag-of-ours": "another key's bundle does not hide the signature under the tag",
  "ours-tag-copy":
    "oci sign's signature for cosign 2 has a subject, so that it is found as a referrer where the tag was not copied",
  "a keyid": "DSSE's keyid is a hint that is not signed; the key is the one asked for",
  "an empty entry of a log": "the entries of transparency logs are not looked at",
  "a field twice": "the last one counts, and it is what the signature is checked over",
};

const image: Descriptor = blob(MEDIA_TYPES.manifest, new TextEncoder().encode(record.image)).descriptor;
const key = createPublicKey(record.publicKey);

/** A repository in which one bundle refers to the image, as oras stores it. */
function beside(bundle: string): Stored {
  const describe = (mediaType: string, text: string) => blob(mediaType, new TextEncoder().encode(text)).descriptor;
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    artifactType: BUNDLE,
    config: describe("application/vnd.oci.empty.v1+json", "{}"),
    layers: [describe(BUNDLE, bundle)],
    subject: image,
  });
  const manifests = [{ ...describe(MEDIA_TYPES.manifest, manifest), artifactType: BUNDLE }];
  return {
    manifests: {
      1: record.image,
      [digestOf(Buffer.from(manifest))]: manifest,
      [image.digest.replace(":", "-")]: JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests }),
    },
    blobs: ["{}", bundle],
  };
}

const cases = [
  ...Object.entries(record.repositories).map(([name, { stored, verdict }]) => ({ name, stored, verdict })),
  ...Object.entries(record.bundles).map(([name, { bundle, verdict }]) => ({ name, stored: beside(bundle), verdict })),
];

describe(`what cosign ${record.versions.cosign} and oras ${record.versions.oras} leave`, () => {
  let registry: StoredRegistry;
  beforeAll(async () => {
    registry = await startStored(Object.fromEntries(cases.map(({ stored }, at) => [`case-${at}`, stored])));
  });
  afterAll(() => registry?.close());

  test("there are cases", () => expect(cases.length).toBeGreaterThan(70));

  test.each(["", `${WITH_REFERRERS_API}/`])("is verified as cosign verifies it, at %s", async (below) => {
    const differing = await Promise.all(
      cases.map(async ({ name, verdict }, at) => {
        const where = `${registry.host}/${below}case-${at}`;
        const refused = await verifyImage(
          openRepository(parseReference(where), { attempts: 1 }),
          image,
          key,
          name,
        ).then(
          () => undefined,
          (error: Error) => error.message,
        );
        const same = (refused === undefined) === verdict.verified;
        return same ? [] : [[name, refused ?? "verified", verdict.said]];
      }),
    );
    expect(differing.flat().filter(([name = ""]) => !(name in KNOWN))).toEqual([]);
    expect(
      differing
        .flat()
        .map(([name]) => name)
        .sort(),
    ).toEqual(Object.keys(KNOWN).sort());
  });
});
