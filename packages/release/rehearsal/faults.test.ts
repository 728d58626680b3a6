import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { planImages, type ReleaseImage, releaseImages } from "@wasm-header-filter/image-release";
import { findRoot, findVariants, openRepository, parseReference } from "@wasm-header-filter/oci";
import { registryMissing } from "@wasm-header-filter/oci/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createExampleRepository, type ExampleRepository } from "../src/fixtures/example-repository.ts";
import type { Fault } from "../src/fixtures/faulty-proxy.ts";
import { type EndState, imagesIn, QUICK, type Registries, startRegistries } from "../src/fixtures/registries.ts";
import { readReleaseImage } from "../src/image.ts";

const PACKAGES = ["@rehearsal/filter-one", "@rehearsal/filter-two", "@rehearsal/library"];

describe("a release", unless(registryMissing), () => {
  let repository: ExampleRepository;
  let registries: Registries;
  /** The state after a release without faults. */
  let undisturbed: EndState;

  const read = async () =>
    (await Promise.all(findVariants(repository.root).map((one) => readReleaseImage(repository.root, one)))) as [
      ReleaseImage,
      ReleaseImage,
    ];
  const look = () => registries.endState(repository.run("git", "tag"), PACKAGES);
  const succeeds = async () => expect(await registries.release(repository.root)).toMatchObject({ status: 0 });

  beforeAll(() => {
    repository = createExampleRepository();
    repository.build();
  });
  afterAll(() => repository?.remove());
  beforeEach(async () => {
    registries = await startRegistries();
  });
  afterEach(async () => {
    await registries.close();
    rmSync(join(repository.root, ".git/refs/tags/@rehearsal"), { recursive: true, force: true });
  });

  test("tests, pushes, tags and publishes; a second run changes nothing", async () => {
    const { status, output } = await registries.release(repository.root);
    expect(output).toMatch(/^0\.1\.0-one passes the gate: 2 cases/m);
    expect(status).toBe(0);
    undisturbed = await look();
    const { length } = registries.images.changes;
    expect(Object.keys(undisturbed.images)).toEqual(
      ["0.1.0-one", "0.1-one", "0-one", "one", "0.1.0-two", "0.1-two", "0-two", "two"].sort(),
    );
    expect(undisturbed.images["0-one"]).toEqual(undisturbed.images["0.1.0-one"]);
    expect(undisturbed.images["0-one"]?.referrers).toEqual([
      "application/vnd.cyclonedx+json",
      ...Array(3).fill("application/vnd.in-toto+json"),
    ]);
    expect(undisturbed.images["0-two"]?.digest).not.toBe(undisturbed.images["0-one"]?.digest);
    expect(undisturbed.git).toEqual(PACKAGES.map((name) => `${name}@0.1.0`));
    await succeeds();
    expect(registries.images.changes.length).toBe(length);
    expect(await look()).toEqual(undisturbed);
  });

  test("an image that fails the gate is not pushed", async () => {
    // A filter that breaks the contract: it answers requests itself.
    const guard = join(findRoot(import.meta.dirname), "packages/proxy-wasm-as/dist/examples/guard.wasm");
    repository.packAs("two", guard);
    registries.images.reset();
    const failed = await registries.release(repository.root);
    repository.packAs("two", "build/plugin.wasm");
    expect(failed.output).toMatch(/^release: @rehearsal\/filter-two 0\.1\.0, image sha256:\S+: fails the gate: /m);
    expect(failed.status).toBe(1);
    expect(registries.images.changes).toEqual([]);
    expect(registries.npm.changes).toEqual([]);
  });

  test("after a fault at any step of an image, the next run completes it", async () => {
    const [one] = await read();
    const attempt = async (name: string) => {
      const target = parseReference(`${registries.images.host}/rehearsal/${name}`);
      const options = { repository: target, cases: [], registry: { attempts: 1 }, log: () => {} };
      await releaseImages(repository.root, await planImages([one], options), options);
      return imagesIn(openRepository(target));
    };
    const expected = await attempt("undisturbed");
    const steps = registries.images.changes.length;
    const kinds: Fault[] = ["drop", "cut", 503];
    for (let step = 0; step < steps; step++) {
      registries.images.reset();
      registries.images.fault = (_, number) => (number >= step ? kinds[step % kinds.length] : undefined);
      await expect(attempt(`step-${step}`), `step ${step}`).rejects.toThrow("/rehearsal/step-");
      registries.images.reset();
      expect(await attempt(`step-${step}`), `step ${step}`).toEqual(expected);
    }
  });

  test("after one fault after the other, each run continues where the last one ended", async () => {
    const fails = async (why: RegExp) => {
      const { status, output } = await registries.release(repository.root);
      expect(output).toMatch(why);
      expect(status).toBe(1);
      registries.images.reset();
      registries.npm.reset();
    };
    const nothing = { images: {}, npm: {}, git: [""] };

    registries.images.down = true;
    await fails(/^release: 127\.0\.0\.1:\d+\/rehearsal\/filter: tags: /m);
    registries.npm.down = true;
    await fails(/^release: changeset publish-plan: /m);
    expect(await look()).toEqual(nothing);

    registries.images.fault = (change) => (/PUT .*\/manifests\/0\.1\.0-two/.test(change) ? 403 : undefined);
    await fails(/manifest 0\.1\.0-two: 403/);
    // The first image is pushed, but moving tags wait for the second.
    expect(Object.keys((await look()).images)).toEqual(["0.1.0-one"]);

    const { status } = await registries.release(repository.root, QUICK, (now) => {
      registries.images.fault = (change) => {
        if (/PUT .*\/manifests\/0-two/.test(change)) now();
        return undefined;
      };
    });
    expect(status).toBe(null);
    registries.images.reset();
    expect((await look()).npm).toEqual({});

    registries.npm.fault = (change) => (/PUT .*filter-two/.test(change) ? 503 : undefined);
    await fails(/changeset publish: failed, see above/);
    expect((await look()).npm["@rehearsal/filter-two"]).toBeUndefined();

    // Git refuses to tag.
    repository.run("git", "tag", "--delete", ...(await look()).git);
    writeFileSync(join(repository.root, ".git/refs/tags/@rehearsal"), "in the way");
    await fails(/git tag: .*cannot lock ref/);
    rmSync(join(repository.root, ".git/refs/tags/@rehearsal"));

    await succeeds();
    expect(await look()).toEqual(undisturbed);
  });

  test("nothing changes if a git tag or an image tag exists elsewhere", async () => {
    repository.run(
      "git",
      "tag",
      "@rehearsal/library@0.1.0",
      repository.run("git", "commit-tree", "HEAD^{tree}", "-m", "another").trim(),
    );
    const first = await registries.release(repository.root);
    expect(first.output).toMatch(/^release: git tag @rehearsal\/library@0\.1\.0: is at commit/m);
    expect(first.status).toBe(1);
    repository.run("git", "tag", "--delete", "@rehearsal/library@0.1.0");

    const [one, two] = await read();
    await openRepository(parseReference(registries.repository)).push(one.image, two.tag);
    registries.images.reset();
    const second = await registries.release(repository.root);
    expect(second.output).toContain(
      `the registry has ${one.image.descriptor.digest}, but the build is ${two.image.descriptor.digest}`,
    );
    expect(second.status).toBe(1);
    expect(registries.images.changes).toEqual([]);
    expect(registries.npm.changes).toEqual([]);
  });

  test("changeset publish alone pushes the images too, or doesn't publish their packages", async () => {
    const without = await registries.changeset(repository.root, ["publish"]);
    expect(without.output).toContain("--log ../filter-one.log");
    const why = readFileSync(join(repository.root, "publish/filter-one.log"), "utf8");
    expect(why).toBe(
      "OCI_REPOSITORY: not set; expected the repository of the images, such as ghcr.io/owner/wasm-header-filter, since @rehearsal/filter-one is published with its image\n",
    );
    expect(without.status).toBe(1);
    expect(await look()).toMatchObject({ images: {}, git: ["@rehearsal/library@0.1.0"] });
    expect(registries.npm.changes).toEqual(["PUT /@rehearsal%2flibrary"]);

    const env = { OCI_REPOSITORY: registries.repository, RELEASE_GATE_CASES: "the-lab" };
    registries.images.fault = (change) => (/PUT .*\/manifests\/0\.1\.0-two/.test(change) ? 403 : undefined);
    expect(await registries.changeset(repository.root, ["publish"], env)).toMatchObject({ status: 1 });
    expect((await look()).npm["@rehearsal/filter-two"]).toBeUndefined();
    registries.images.reset();

    // npm has the package, and whoever published it does not learn of it.
    registries.npm.fault = (change) => (/PUT .*filter-two/.test(change) ? "lost" : undefined);
    expect(await registries.changeset(repository.root, ["publish"], env)).toMatchObject({ status: 1 });
    registries.npm.reset();
    expect(await registries.changeset(repository.root, ["publish"], env)).toMatchObject({ status: 0 });
    expect(registries.npm.changes).toEqual([]);
    expect(await look()).toEqual(undisturbed);
  });
});
