import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { digestOf } from "../digest.ts";
import {
  type Fault,
  registryMissing,
  type Seen,
  startFaults,
  startRegistry,
  type TestRegistry,
} from "../fixtures/index.ts";
import { wasmModule } from "../fixtures/module.ts";
import { createImage } from "../formats.ts";
import { jsonBytes } from "../image.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { parseReference } from "../reference.ts";
import type { Progress } from "./options.ts";
import { openRepository, type Repository } from "./repository.ts";

const image = await createImage("compat", { module: wasmModule(), abi: "0.2.1", annotations: {} });
const { digest } = image.descriptor;
const empty = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(jsonBytes({})), size: 2 };

/** A manifest whose subject is the image. */
const referrer = (artifactType: string | undefined, note: string) =>
  jsonBytes({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    ...(artifactType && { artifactType }),
    config: empty,
    layers: [empty],
    subject: image.descriptor,
    annotations: { note },
  });
const [sbom, signature, plain] = [referrer("a/sbom", "1"), referrer("a/signature", "2"), referrer(undefined, "3")];
const listed = (bytes: Uint8Array, artifactType: string, note: string) => {
  return {
    mediaType: MEDIA_TYPES.manifest,
    digest: digestOf(bytes),
    size: bytes.length,
    artifactType,
    annotations: { note },
  };
};

describe("lists of docker-registry", unless(registryMissing), () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.close());

  async function behind(fault: (seen: Seen) => Fault | undefined, name = "filter") {
    const way = await startFaults(registry.host, fault);
    onTestFinished(way.close);
    return { way, repository: openRepository(parseReference(`${way.host}/${name}`), { attempts: 1 }) };
  }
  const refer = (repository: Repository, bytes: Uint8Array) =>
    repository.putManifest(digestOf(bytes), bytes, MEDIA_TYPES.manifest);

  test("tags come in pages", async () => {
    const page = (tags: string[] | null, link?: string): Fault => ({
      answer: 200,
      body: JSON.stringify({ name: "filter", tags }),
      ...(link && { headers: { link } }),
    });
    const { repository, way } = await behind(({ path }) => {
      if (path.endsWith("/tags/list")) return page(["1", "2"], '</v2/filter/tags/list?last=2>; rel="next"');
      return path.endsWith("last=2") ? page(["3"], '<?last=3>; rel="prev", <list?last=3>; rel=next') : page(null);
    });
    expect(await repository.tags()).toEqual(["1", "2", "3"]);
    expect(way.seen).toHaveLength(3);
  });

  test("a list that goes in circles", async () => {
    const headers = { link: '<?x=1>; rel="next"' };
    const { repository, way } = await behind(() => ({ answer: 200, headers, body: '{"tags":[]}' }));
    await expect(repository.tags()).rejects.toThrow("tags: does not end, 2 pages read");
    expect(way.seen).toHaveLength(2);
  });

  test.each(["[", "{}", '{"tags":[1]}'])("a list that is none: %s", async (body) => {
    const { repository } = await behind(() => ({ answer: 200, body }));
    await expect(repository.tags()).rejects.toThrow(/tags: the answer (is not JSON|has no list of tags)/);
  });

  test("without the referrers API, an index under a tag lists the referrers", async () => {
    const { repository, way } = await behind(() => undefined, "untold");
    expect(await repository.referrers(digest)).toEqual([]);
    await repository.push(image, "v1");
    await repository.putBlob(jsonBytes({}), empty.mediaType);
    for (const bytes of [sbom, signature, plain, sbom]) await refer(repository, bytes);
    expect(await repository.referrers(digest)).toEqual([
      listed(sbom, "a/sbom", "1"),
      listed(signature, "a/signature", "2"),
      listed(plain, empty.mediaType, "3"),
    ]);
    expect(await repository.referrers(digest, "a/signature")).toEqual([listed(signature, "a/signature", "2")]);
    expect(await repository.tags()).toEqual([digest.replace(":", "-"), "v1"]);
    const { descriptor } = await repository.manifest(digest.replace(":", "-"));
    expect(descriptor.mediaType).toBe(MEDIA_TYPES.index);
    // The fourth was there already.
    expect(way.seen.filter(({ method, path }) => method === "PUT" && path.includes("manifests/sha256-"))).toHaveLength(
      3,
    );
  });

  test.each<[string, Fault]>([
    ["400", { answer: 400 }],
    ["406", { answer: 406 }],
    ["a page for people", { answer: 200, headers: { "content-type": "text/html" }, body: "<html>" }],
  ])("a registry answers %s to the referrers API", async (_, answer) => {
    const { repository } = await behind(({ path }) => (path.includes("/referrers/") ? answer : undefined), "older");
    await repository.push(image, "v1");
    await repository.putBlob(jsonBytes({}), empty.mediaType);
    await refer(repository, sbom);
    expect(await repository.referrers(digest)).toEqual([listed(sbom, "a/sbom", "1")]);
  });

  test("the referrers API is asked page by page", async () => {
    const index = (...manifests: object[]) => JSON.stringify({ schemaVersion: 2, manifests });
    const entries = [listed(sbom, "a/sbom", "1"), listed(signature, "a/signature", "2")];
    const { repository, way } = await behind(({ method, path }) => {
      if (method === "PUT" && path.includes("/manifests/sha256:")) return { change: { "oci-subject": digest } };
      if (!path.includes("/referrers/")) return undefined;
      const headers = { "content-type": MEDIA_TYPES.index };
      const link = `</v2/told/referrers/${digest}?last=1>; rel="next"`;
      return path.includes("last=1")
        ? { answer: 200, headers, body: index(entries[1] ?? {}) }
        : { answer: 200, headers: { ...headers, link }, body: index(entries[0] ?? {}) };
    }, "told");
    await repository.push(image, "v1");
    await repository.putBlob(jsonBytes({}), empty.mediaType);
    await refer(repository, sbom);
    expect(await repository.referrers(digest)).toEqual(entries);
    // This one doesn't filter, so we do.
    expect(await repository.referrers(digest, "a/signature")).toEqual([entries[1]]);
    expect(way.seen.map(({ path }) => path)).toContain(`/v2/told/referrers/${digest}?artifactType=a%2Fsignature`);
    expect(await repository.tags()).toEqual(["v1"]);
  });

  test("blobs are taken over from another repository, or sent where that can't be", async () => {
    await openRepository(parseReference(`${registry.host}/first`)).push(image, "v1");
    const states: string[] = [];
    const progress = (event: Progress) => event.kind === "blob" && event.state !== "moving" && states.push(event.state);
    const open = (name: string) => openRepository(parseReference(`${registry.host}/${name}`), { progress });
    await open("second").push(image, "v1", { mountFrom: "first" });
    expect(states.splice(0)).toEqual(["mounted", "mounted"]);
    await open("third").push(image, "v1", { mountFrom: "nowhere" });
    expect(states.splice(0)).toEqual(["done", "done"]);
    await open("third").push(image, "v2", { mountFrom: "first" });
    expect(states.splice(0)).toEqual(["exists", "exists"]);
    const { repository, way } = await behind(
      ({ path }) => (path.includes("mount=") ? { answer: 405 } : undefined),
      "fourth",
    );
    await repository.push(image, "v1", { mountFrom: "first" });
    expect(way.seen.filter(({ method }) => method === "POST")).toHaveLength(4);
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
  });
});
