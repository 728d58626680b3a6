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
import { attach } from "./attach.ts";
import { provenanceClaim, sbomClaim, testResultClaim } from "./claims.ts";
import { readPublicKey, readSigner } from "./keys.ts";
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

  test("with a key: verified with its other half alone, and nothing is added by running it again", async () => {
    const { repository, image, name } = await pushed("signed");
    const evidence = { name, claims, signer: readSigner(ours.private, undefined) };
    await attach(repository, image, evidence);
    const first = [await repository.referrers(image.digest), await repository.tags()];
    await attach(repository, image, evidence);
    expect([await repository.referrers(image.digest), await repository.tags()]).toEqual(first);
    const said = await verifyImage(repository, image, readPublicKey(ours.public), name);
    expect(said.map(({ predicateType }) => predicateType)).toEqual(claims.map(({ predicateType }) => predicateType));
    await expect(verifyImage(repository, image, readPublicKey(another.public), name)).rejects.toThrow(
      /its signature is not this key's/,
    );
  });

  test("a second key's signature is added to the first", async () => {
    const { repository, image, name } = await pushed("both");
    for (const key of [ours, another]) {
      await attach(repository, image, { name, claims, signer: readSigner(key.private, undefined) });
    }
    for (const key of [ours, another]) {
      expect(await verifyImage(repository, image, readPublicKey(key.public), name)).toHaveLength(3);
    }
  });

  test("a signature copied from another image is refused", async () => {
    const { repository, image, name } = await pushed("copied");
    await attach(repository, image, { name, claims, signer: readSigner(ours.private, undefined) });
    const other = await repository.push(
      await createImage("artifact", { module: new Uint8Array(8), abi: "0.2.1", annotations: {} }),
      "2",
    );
    const { bytes, descriptor } = await repository.manifest(cosignTag(image, "sig"));
    await repository.putManifest(cosignTag(other, "sig"), bytes, descriptor.mediaType);
    await expect(verifyImage(repository, other, readPublicKey(ours.public), name)).rejects.toThrow(/not this key's/);
  });

  test("openssl finds the signature good by cosign's rules", async () => {
    const { repository, image, name } = await pushed("openssl");
    await attach(repository, image, { name, claims: [], signer: readSigner(ours.private, undefined) });
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
