import { unless } from "@wasm-header-filter/cli/testing";
import { registryMissing } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createExampleRepository, type ExampleRepository } from "../src/fixtures/example-repository.ts";
import { QUICK, type Registries, startRegistries } from "../src/fixtures/registries.ts";

const PACKAGES = ["@rehearsal/filter-one", "@rehearsal/filter-two", "@rehearsal/library"];

describe("versions", unless(registryMissing), () => {
  let repository: ExampleRepository;
  let registries: Registries;

  const look = () => registries.endState(repository.run("git", "tag"), PACKAGES);
  const images = async () =>
    Object.fromEntries(Object.entries((await look()).images).map(([tag, { digest }]) => [tag, digest]));
  const release = async () => expect(await registries.release(repository.root)).toMatchObject({ status: 0 });
  /** Makes the next version of what the changesets say, builds and commits it. */
  const version = () => {
    repository.run("node", "node_modules/@changesets/cli/bin.js", "version");
    repository.build();
    repository.commit("Versions");
  };

  beforeAll(async () => {
    repository = createExampleRepository();
    registries = await startRegistries();
    repository.build();
    await release();
  });
  afterAll(async () => {
    await registries?.close();
    repository?.remove();
  });

  test("the next version, killed and run again", async () => {
    const before = await images();
    repository.addChangeset("More of it", "minor");
    repository.commit("A change");
    version();
    const { status } = await registries.release(repository.root, QUICK, (now) => {
      registries.images.fault = (change) => {
        if (!/PUT .*\/manifests\/0\.2\.0-two/.test(change)) return undefined;
        now();
        return "drop";
      };
    });
    expect(status).toBe(null);
    registries.images.reset();
    const { "0.2.0-one": pushed, ...rest } = await images();
    expect(pushed).toBeDefined();
    expect(rest).toEqual(before);

    await release();
    const after = await images();
    expect(after).toMatchObject({ "0.1.0-one": before["0.1.0-one"], "0.1-one": before["0.1-one"] });
    for (const tag of ["0.2-one", "0-one", "one"]) expect(after[tag], tag).toBe(pushed);
    for (const tag of ["0.2-two", "0-two", "two"]) expect(after[tag], tag).toBe(after["0.2.0-two"]);
    const { npm, git } = await look();
    expect(npm["@rehearsal/filter-two"]).toMatchObject({ tags: { latest: "0.2.0" } });
    expect(Object.keys(npm["@rehearsal/filter-two"]?.versions ?? {})).toEqual(["0.1.0", "0.2.0"]);
    // The library has no change.
    expect(git).toEqual([
      "@rehearsal/filter-one@0.1.0",
      "@rehearsal/filter-one@0.2.0",
      "@rehearsal/filter-two@0.1.0",
      "@rehearsal/filter-two@0.2.0",
      "@rehearsal/library@0.1.0",
    ]);
  });

  test("a release of an older line moves only that line's tag", async () => {
    const before = await images();
    repository.run("git", "checkout", "--quiet", "-b", "maintenance", "@rehearsal/filter-one@0.1.0");
    repository.addChangeset("Fixed", "patch");
    repository.commit("A change");
    version();
    await release();
    const after = await images();
    const { "0.1.1-one": one, "0.1.1-two": two } = after;
    expect(after).toEqual({ ...before, "0.1.1-one": one, "0.1-one": one, "0.1.1-two": two, "0.1-two": two });
    expect((await look()).npm["@rehearsal/filter-one"]?.tags).toEqual({ latest: "0.2.0", maintenance: "0.1.1" });
    repository.run("git", "checkout", "--quiet", "main");
  });

  test("a preview gets its own tags and no git tags", async () => {
    const before = await images();
    const { git } = await look();
    repository.addChangeset("Perhaps", "minor");
    repository.commit("A change");
    // Builds by itself, since the versions are new.
    const args = ["--gate-case", "the-lab", "--snapshot", "pr-7"];
    const { output, status } = await registries.release(repository.root, args);
    expect(status, output).toBe(0);
    const { "pr-7-one": one, "pr-7-two": two, ...rest } = await images();
    const added = Object.keys(rest).filter((tag) => !(tag in before));
    expect(added).toEqual([
      expect.stringMatching(/^0\.0\.0-pr-7-\d{14}-one$/),
      expect.stringMatching(/^0\.0\.0-pr-7-\d{14}-two$/),
    ]);
    expect(added.map((tag) => rest[tag])).toEqual([one, two]);
    expect(rest).toMatchObject(before);
    const { npm, git: after } = await look();
    expect(after).toEqual(git);
    expect(npm["@rehearsal/filter-one"]?.tags).toEqual({
      latest: "0.2.0",
      maintenance: "0.1.1",
      "pr-7": expect.stringMatching(/^0\.0\.0-pr-7-\d{14}$/),
    });
    repository.run("git", "checkout", "--quiet", ".");
  });
});
