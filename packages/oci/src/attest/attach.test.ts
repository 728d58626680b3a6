import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registryMissing, startRegistry, type TestRegistry } from "../fixtures/registry.ts";
import { createImage } from "../formats.ts";
import type { Descriptor } from "../image.ts";
import { parseReference } from "../reference.ts";
import { openRepository, type Repository } from "../registry/repository.ts";
import { putArtifact } from "./artifact.ts";
import { attach } from "./attach.ts";
import { BUNDLE } from "./bundle.ts";
import { provenanceClaim, sbomClaim, testResultClaim } from "./claims.ts";
import { readPublicKey, readSigner } from "./keys.ts";
import { signImage } from "./sign.ts";
import { cosignTag } from "./signature.ts";
import { verifyImage } from "./verify.ts";

const claims = [
  sbomClaim({ bomFormat: "CycloneDX", specVersion: "1.6" }),
  provenanceClaim({
    variant: "as",
    source: "https://git.example/filter.git",
    commit: "0".repeat(40),
    builder: "urn:test",
    toolchain: { assemblyscript: "0.28.20" },
  }),
  testResultClaim({ module: "ab".repeat(32), passed: ["host: adds headers"], failed: [], excused: [] }),
];

describe("attestations of an image", unless(registryMissing), () => {
  let registry: TestRegistry;
  const dir = mkdtempSync(join(tmpdir(), "keys-"));
  const keys = ["ours", "another"].map((name) => keyPair(dir, name));
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(async () => {
    await registry.close();
    rmSync(dir, { recursive: true });
  });

  /** A new repository with one image. */
  async function pushed(name: string): Promise<{ repository: Repository; image: Descriptor; name: string }> {
    const repository = openRepository(parseReference(`${registry.host}/${name}`));
    const module = new TextEncoder().encode(`\0asm${name}`);
    const image = await repository.push(await createImage("compat", { module, abi: "0.2.1", annotations: {} }), "1");
    return { repository, image, name: `${registry.host}/${name}` };
  }
  const [ours, another] = keys as [ReturnType<typeof keyPair>, ReturnType<typeof keyPair>];

  test("without a key: statements that refer to the image, the same ones when run again", async () => {
    const { repository, image, name } = await pushed("unsigned");
    await attach(repository, image, { name, claims });
    const first = await repository.referrers(image.digest);
    await attach(repository, image, { name, claims });
    expect(await repository.referrers(image.digest)).toEqual(first);
    expect(first.map(({ artifactType }) => artifactType).sort()).toEqual([
      "application/vnd.cyclonedx+json",
      ...Array(3).fill("application/vnd.in-toto+json"),
    ]);
    await expect(verifyImage(repository, image, readPublicKey(ours.public), name)).rejects.toThrow(/not signed/);
  });

  test("with a key: bundles, verified with its other half alone, and nothing is added by running it again", async () => {
    const { repository, image, name } = await pushed("signed");
    const evidence = { name, claims, signer: readSigner(ours.private, undefined) };
    await attach(repository, image, evidence);
    const first = await repository.referrers(image.digest);
    expect(first.filter(({ artifactType }) => artifactType === BUNDLE)).toHaveLength(4);
    await attach(repository, image, evidence);
    expect(await repository.referrers(image.digest)).toEqual(first);
    const said = await verifyImage(repository, image, readPublicKey(ours.public), name);
    expect(said.map(({ predicateType }) => predicateType).sort()).toEqual(
      claims.map(({ predicateType }) => predicateType).sort(),
    );
    await expect(verifyImage(repository, image, readPublicKey(another.public), name)).rejects.toThrow(
      /none of its 4 signatures is this key's over this image; do not run it \(bundle sha256:[0-9a-f]{64}: not this key's; /,
    );
  });

  test.each(["bundle", "tag"] as const)("a second key's signature is added to the first (%s)", async (format) => {
    const { repository, image, name } = await pushed(`both-${format}`);
    const sign = (key: string) => signImage(repository, name, image, readSigner(key, undefined), format);
    expect(await sign(ours.private)).toBe(true);
    expect(await sign(another.private)).toBe(true);
    expect(await sign(ours.private)).toBe(false);
    for (const key of [ours, another]) {
      expect(await verifyImage(repository, image, readPublicKey(key.public), name)).toEqual([]);
    }
  });

  test("a signature copied from another image is refused", async () => {
    const { repository, image, name } = await pushed("copied");
    const signer = readSigner(ours.private, undefined);
    for (const format of ["bundle", "tag"] as const) await signImage(repository, name, image, signer, format);
    const other = await repository.push(
      await createImage("artifact", { module: new Uint8Array(8), abi: "0.2.1", annotations: {} }),
      "2",
    );
    const under = await repository.manifest(cosignTag(image, "sig"));
    await repository.putManifest(cosignTag(other, "sig"), under.bytes, under.descriptor.mediaType);
    const [bundle] = await repository.referrers(image.digest, BUNDLE);
    const { bytes } = await repository.manifest(bundle?.digest ?? "");
    const [layer] = JSON.parse(new TextDecoder().decode(bytes)).layers;
    const layers = [{ mediaType: BUNDLE, bytes: await repository.blob(layer) }];
    const copy = await putArtifact(repository, { artifactType: BUNDLE, subject: other, layers });
    await expect(verifyImage(repository, other, readPublicKey(ours.public), name)).rejects.toThrow(
      `none of its 2 signatures is this key's over this image; do not run it (bundle ${copy.digest}: about another image)`,
    );
  });

  test("cosign 2's signature is found without its tag, as a referrer", async () => {
    const { repository, image, name } = await pushed("untagged");
    await signImage(repository, name, image, readSigner(ours.private, undefined), "tag");
    const copy = openRepository(parseReference(`${registry.host}/untagged-copy`));
    await copy.push(await repository.pull("1"), "1");
    const { bytes, descriptor } = await repository.manifest(cosignTag(image, "sig"));
    for (const blob of [JSON.parse(new TextDecoder().decode(bytes))].flatMap(({ config, layers }) => [
      config,
      ...layers,
    ]))
      await copy.putBlob(await repository.blob(blob), blob.mediaType);
    await copy.putManifest(descriptor.digest, bytes, descriptor.mediaType);
    expect(await verifyImage(copy, image, readPublicKey(ours.public), name)).toEqual([]);
  });

  test("openssl finds the signature good by cosign's rules", async () => {
    const { repository, image, name } = await pushed("openssl");
    await signImage(repository, name, image, readSigner(ours.private, undefined), "tag");
    const { bytes } = await repository.manifest(cosignTag(image, "sig"));
    const [layer] = JSON.parse(new TextDecoder().decode(bytes)).layers;
    const payload = await repository.blob(layer);
    expect(JSON.parse(new TextDecoder().decode(payload)).critical.image["docker-manifest-digest"]).toBe(image.digest);
    const signature = Buffer.from(layer.annotations["dev.cosignproject.cosign/signature"], "base64");
    writeFileSync(join(dir, "payload"), payload);
    writeFileSync(join(dir, "signature"), signature);
    const files = ["-signature", join(dir, "signature"), join(dir, "payload")];
    const said = execFileSync("openssl", ["dgst", "-sha256", "-verify", ours.public, ...files], { encoding: "utf8" });
    expect(said).toMatch(/Verified OK/);
  });
});

function keyPair(dir: string, name: string): { private: string; public: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const paths = { private: join(dir, `${name}.key`), public: join(dir, `${name}.pub`) };
  writeFileSync(paths.private, privateKey.export({ format: "pem", type: "pkcs8" }));
  writeFileSync(paths.public, publicKey.export({ format: "pem", type: "spki" }));
  return paths;
}
