import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attach } from "../src/attest/attach.ts";
import { testResultClaim } from "../src/attest/claims.ts";
import { readSigner } from "../src/attest/keys.ts";
import { folder } from "../src/fixtures/folder.ts";
import { wasmModule } from "../src/fixtures/module.ts";
import { registryMissing, startRegistry, type TestRegistry } from "../src/fixtures/registry.ts";
import { start } from "../src/fixtures/start.ts";
import { createImage } from "../src/formats.ts";
import { parseReference } from "../src/reference.ts";
import { openRepository } from "../src/registry/repository.ts";

describe("signatures and attestations", unless(registryMissing), () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.close());

  test("sign, verify, attach, referrers", async () => {
    const cwd = folder({ "docker/config.json": {}, "notes.txt": "" });
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(join(cwd, "ours.key"), privateKey.export({ format: "pem", type: "pkcs8" }));
    writeFileSync(join(cwd, "ours.pub"), publicKey.export({ format: "pem", type: "spki" }));
    const name = `${registry.host}/wasm/filter`;
    const repository = openRepository(parseReference(name));
    const image = await repository.push(
      await createImage("compat", { module: wasmModule(), abi: "0.2.1", annotations: {} }),
      "1.0.0-as",
    );
    const where = `${name}@${image.digest}`;
    const oci = (...args: string[]) => start(args, { cwd, env: { DOCKER_CONFIG: join(cwd, "docker") } });

    expect(await oci("verify", `${name}:1.0.0-as`, "--key", "ours.pub")).toEqual({
      status: 1,
      stdout: "",
      stderr: `oci: ${where}: not signed, there is no signature of it in this repository\n`,
    });
    expect((await oci("sign", `${name}:1.0.0-as`, "--key", "ours.key")).stdout).toBe(`signed ${where}\n`);
    expect((await oci("sign", where, "--key", "ours.key")).stdout).toBe(`already signed ${where}\n`);
    expect((await oci("verify", `${name}:1.0.0-as`, "--key", "ours.pub")).stdout).toBe(
      `✓ ${where} is signed by this key\n`,
    );
    expect(await oci("verify", where, "--key", "ours.pub", "--type", "test-result")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("this key has signed no test-result (https://in-toto.io/"),
    });

    const signer = readSigner(join(cwd, "ours.key"), undefined);
    const run = { module: "ab".repeat(32), passed: ["host: adds headers"], failed: [], excused: [] };
    await attach(repository, image, { name, claims: [testResultClaim(run)], signer });
    const verified = await oci("verify", where, "--key", "ours.pub", "--type", "test-result");
    expect(verified.stdout).toContain("✓ conformance PASSED, 1 tests");

    const attached = await oci("attach", where, "notes.txt", "--type", "text/plain");
    const listed = await oci("referrers", where, "--type", "text/plain");
    expect(listed.stdout).toMatch(new RegExp(`^${attached.stdout.trim()}  text/plain  \\d+ B\n$`));
    expect(JSON.parse((await oci("referrers", where, "--json")).stdout)).toHaveLength(3);
  });
});
