import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createCertificate } from "../fixtures/certificate.ts";
import { folder } from "../fixtures/folder.ts";
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
import { openRepository } from "./repository.ts";

const image = await createImage("compat", { module: wasmModule(), abi: "0.2.1", annotations: {} });
const { config, layers } = image.manifest;
const layer = layers[0]?.digest ?? "";
const other = `sha256:${"0".repeat(64)}`;

describe("what a registry may not do", unless(registryMissing), () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ auth: "htpasswd" });
    const { credentials } = registry;
    await openRepository(parseReference(`${registry.host}/filter`), { credentials }).push(image, "v1");
  });
  afterAll(() => registry?.close());

  async function behind(fault: (seen: Seen) => Fault | undefined) {
    const way = await startFaults(registry.host, fault);
    onTestFinished(way.close);
    const { credentials } = registry;
    return { way, repository: openRepository(parseReference(`${way.host}/filter`), { credentials, attempts: 1 }) };
  }
  const blob = ({ path }: Seen) => path.includes(layer);
  const manifest = ({ path }: Seen) => path.endsWith("/manifests/v1");
  const headers = { "content-type": MEDIA_TYPES.manifest };

  test.each([
    [
      "a manifest that doesn't end",
      manifest,
      { answer: 200, headers, body: " ".repeat(4 * 1024 * 1024 + 1) },
      "larger than 4194304 bytes",
    ],
    [
      "an index",
      manifest,
      { answer: 200, headers: { "content-type": MEDIA_TYPES.index }, body: "{}" },
      "an index without an image for linux/amd64",
    ],
    ["a page", manifest, { answer: 200, headers: { "content-type": "text/html" }, body: "<p>" }, "it is not JSON"],
    ["a blob with other bytes", blob, { answer: 200, body: "x".repeat(141) }, "so it was changed"],
    ["a blob that is short", blob, { answer: 200, body: "x" }, "1 bytes, its descriptor says 141"],
    ["a blob that doesn't end", blob, { answer: 200, body: "x".repeat(142) }, "larger than 141 bytes"],
    ["a circle", blob, { answer: 307, headers: { location: "?again" } }, "more than 10 redirects"],
    [
      "another scheme",
      blob,
      { answer: 307, headers: { location: "file:///etc/passwd" } },
      "leads to file://, which is not https",
    ],
    [
      "plain http elsewhere",
      blob,
      { answer: 307, headers: { location: "http://192.0.2.1/x" } },
      "leads to http://192.0.2.1, which is not https",
    ],
    [
      "authentication of another kind",
      blob,
      { answer: 401, headers: { "www-authenticate": "Negotiate" } },
      "asks for negotiate, expected basic or bearer",
    ],
  ] as const)("%s", async (_, matches, fault, reason) => {
    const { repository } = await behind((seen) => (matches(seen) ? fault : undefined));
    await expect(repository.pull("v1")).rejects.toThrow(reason);
  });

  test("a manifest that names 300 MB", async () => {
    const body = jsonBytes({ ...image.manifest, layers: [1, 2].map(() => ({ ...config, size: 150 * 1024 * 1024 })) });
    const { repository } = await behind((seen) => (manifest(seen) ? { answer: 200, headers, body } : undefined));
    await expect(repository.pull("v1")).rejects.toThrow("expected at most 268435456");
  });

  test("a manifest with other bytes than its digest says", async () => {
    const { digest } = image.descriptor;
    const said = { ...headers, "docker-content-digest": digest };
    const { repository } = await behind(({ path }) =>
      path.includes("/manifests/") ? { answer: 200, headers: said, body: "{}" } : undefined,
    );
    await expect(repository.pull(digest)).rejects.toThrow(`, expected ${digest}`);
  });

  test("another digest than the one asked for", async () => {
    const { repository } = await behind(() => ({ change: { "docker-content-digest": other } }));
    await expect(repository.resolve(image.descriptor.digest)).rejects.toThrow(
      `has the digest ${other}, expected sha256:`,
    );
    await expect(repository.push(image, "v2")).rejects.toThrow(`has the digest ${other}, expected sha256:`);
    // The bytes say which digest they have.
    for (const name of ["v1", image.descriptor.digest]) {
      expect((await repository.pull(name)).descriptor).toEqual(image.descriptor);
    }
  });

  test("a registry that says no digest is asked for the bytes", async () => {
    const { repository, way } = await behind(() => ({ change: { "docker-content-digest": undefined } }));
    expect(await repository.resolve("v1")).toEqual(image.descriptor);
    expect(way.seen.at(-1)?.method).toBe("GET");
  });

  test("a name that would lead elsewhere", async () => {
    const { repository, way } = await behind(() => undefined);
    await expect(repository.resolve("../../other/manifests/v1")).rejects.toThrow("neither a tag nor a digest");
    expect(way.seen).toEqual([]);
  });

  test("a blob store of another origin sees no credentials", async () => {
    const store: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      store.push(request.headers.authorization);
      response.end(image.blobs.get(layers[0]?.digest ?? config.digest));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}/blob?signature=1`;
    const { repository, way } = await behind((seen) =>
      blob(seen) ? { answer: 307, headers: { location } } : undefined,
    );
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
    expect(way.seen.at(-1)?.headers.authorization).toMatch(/^Basic /);
    expect(store).toEqual([undefined]);
  });

  test("an upload that continues at another origin sends no credentials there", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      request.resume().on("end", () => response.writeHead(201).end());
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}/upload?signature=1`;
    const { repository } = await behind(({ method }) =>
      method === "POST" ? { answer: 202, headers: { location } } : undefined,
    );
    await repository.putBlob(new Uint8Array(10));
    expect(seen).toEqual([undefined]);
  });

  test("https that leads to plain http", async () => {
    const { certificate, key } = createCertificate(folder());
    const server = createTlsServer({ cert: certificate, key }, (_, response) => {
      response.writeHead(307, { location: "http://registry.example/v2/filter/tags/list" }).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const repository = openRepository(parseReference(`${host}/filter`), { ca: certificate });
    await expect(repository.tags()).rejects.toThrow(
      `${host}/filter: tags: leads to http://registry.example, which is not https (--insecure allows plain http)`,
    );
  });
});
