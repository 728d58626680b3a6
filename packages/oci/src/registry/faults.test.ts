import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
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
import { parseReference } from "../reference.ts";
import type { RegistryOptions } from "./options.ts";
import { openRepository } from "./repository.ts";

const image = await createImage("artifact", { module: wasmModule(undefined, 20_000), abi: "0.2.1", annotations: {} });
const [, layer] = image.manifest.layers;
const manifests = "/v2/filter/manifests/v1";

describe("docker-registry with faults", unless(registryMissing), () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
    await openRepository(parseReference(`${registry.host}/filter`)).push(image, "v1");
  });
  afterAll(() => registry?.close());

  /** Opens a repository behind faults; records requests and delays, and does not wait. */
  async function behind(fault: (seen: Seen) => Fault | undefined, name = "filter", options: RegistryOptions = {}) {
    const way = await startFaults(registry.host, fault);
    onTestFinished(way.close);
    const delays: number[] = [];
    const reasons: string[] = [];
    const wait = async (delay: number) => void delays.push(delay);
    const progress: RegistryOptions["progress"] = (event) => event.kind === "retry" && reasons.push(event.reason);
    const reference = parseReference(`${way.host}/${name}`);
    const repository = openRepository(reference, { wait, progress, ...options });
    const lines = () => way.seen.map(({ method, path }) => `${method} ${path.replace(/\?.*|uploads\/.+/g, "")}`);
    return { repository, way, delays, reasons, lines };
  }

  /** Something that happens to the first requests of a kind alone. */
  function times(count: number, matches: (seen: Seen) => boolean, fault: Fault): (seen: Seen) => Fault | undefined {
    let left = count;
    return (seen) => (matches(seen) && left-- > 0 ? fault : undefined);
  }

  test("too many requests: comes back when it is told to", async () => {
    const fault = times(2, () => true, { answer: 429, headers: { "retry-after": "7" } });
    const { repository, delays, reasons } = await behind(fault);
    expect(await repository.resolve("v1")).toEqual(image.descriptor);
    expect(delays).toEqual([7000, 7000]);
    expect(reasons[0]).toMatch(/manifest v1: 429 Too Many Requests$/);
  });

  test("Retry-After with a date", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) });
    onTestFinished(() => void vi.useRealTimers());
    const date = "Thu, 01 Jan 2026 00:00:30 GMT";
    const { repository, delays } = await behind(
      times(1, () => true, { answer: 503, headers: { "retry-after": date } }),
    );
    await repository.tags();
    expect(delays).toEqual([30_000]);
  });

  test("Retry-After in a long time: gives up", async () => {
    const { repository, way } = await behind(() => ({ answer: 429, headers: { "retry-after": "3600" } }));
    await expect(repository.tags()).rejects.toThrow("429 Too Many Requests (it asks for a retry in 3600 s)");
    expect(way.seen).toHaveLength(1);
  });

  test("a server in trouble: waits longer each time, then gives up with its reason", async () => {
    const body = JSON.stringify({ errors: [{ code: "UNKNOWN", message: "disk\nfull\u001b[31m", detail: "sda1" }] });
    const { repository, delays, way } = await behind(() => ({ answer: 500, body }));
    await expect(repository.pull("v1")).rejects.toMatchObject({
      status: 500,
      code: "UNKNOWN",
      message: expect.stringMatching(/: manifest v1: 500 UNKNOWN: disk full \[31m, sda1$/),
    });
    expect(way.seen).toHaveLength(5);
    expect(delays.map((delay) => Math.floor(Math.log2(delay / 500)))).toEqual([0, 1, 2, 3]);
  });

  test("what is wrong is not asked again", async () => {
    const { repository, way } = await behind(() => ({
      answer: 400,
      headers: { "content-type": "text/html" },
      body: "<p>",
    }));
    await expect(repository.tags()).rejects.toThrow(/: tags: 400 Bad Request$/);
    expect(way.seen).toHaveLength(1);
  });

  test("a pull that is cut resumes there", async () => {
    const large = ({ path }: Seen) => path.endsWith(layer?.digest ?? "");
    const cut = times(1, ({ path }) => path === manifests, { cutResponse: 100 });
    const blob = times(2, large, { cutResponse: 5000 });
    const { repository, way, reasons } = await behind((seen) => cut(seen) ?? blob(seen));
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
    expect(reasons.map((reason) => reason.split(": ").at(-1))).toEqual(Array(3).fill("the connection was cut"));
    const ranges = way.seen.filter(large).map(({ headers }) => headers.range);
    expect(ranges).toEqual([undefined, "bytes=5000-", "bytes=10000-"]);
  });

  test("a pull that is cut begins again where the registry gives no part", async () => {
    const large = ({ path }: Seen) => path.endsWith(layer?.digest ?? "");
    const cut = times(1, large, { cutResponse: 5000 });
    const whole = times(1, large, {
      answer: 200,
      body: image.blobs.get(layer?.digest ?? image.descriptor.digest) ?? "",
    });
    const { repository } = await behind((seen) => cut(seen) ?? whole(seen));
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
  });

  test("a part that wasn't asked for is not taken", async () => {
    const large = ({ path }: Seen) => path.endsWith(layer?.digest ?? "");
    const cut = times(1, large, { cutResponse: 5000 });
    const wrong = times(1, large, { answer: 206, headers: { "content-range": "bytes 0-3/20072" }, body: "oops" });
    const { repository, reasons } = await behind((seen) => cut(seen) ?? wrong(seen));
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
    expect(reasons.at(-1)).toMatch(/: the registry sent another range than was requested$/);
  });

  test("large blobs go in parts", async () => {
    const { repository, way } = await behind(() => undefined, "parts", { chunkSize: 8000 });
    await repository.push(image, "v1");
    const parts = way.seen.filter(({ method }) => method === "PATCH").map(({ headers }) => headers["content-range"]);
    expect(parts).toEqual(["0-7999", "8000-15999", `16000-${(layer?.size ?? 0) - 1}`]);
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
  });

  test("an upload whose part never arrived resumes there", async () => {
    const fault = times(1, ({ headers }) => headers["content-range"] === "8000-15999", { cutRequest: 0 });
    const { repository, way, lines } = await behind(fault, "resumed", { chunkSize: 8000 });
    await repository.push(image, "v1");
    const parts = way.seen.filter(({ method }) => method === "PATCH").map(({ headers }) => headers["content-range"]);
    expect(parts).toEqual(["0-7999", "8000-15999", "8000-15999", `16000-${(layer?.size ?? 0) - 1}`]);
    expect(lines().filter((line) => line === "GET /v2/resumed/blobs/")).toHaveLength(1);
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
  });

  // This registry then refuses to resume (its locations hold an offset), so the blob is sent again.
  test.each([
    ["a part that is cut half-way", "PATCH", { cutRequest: 5000 }, { chunkSize: 8000 }],
    ["a part whose answer is lost", "PATCH", { cutResponse: 0 }, { chunkSize: 8000 }],
    ["a whole that is cut half-way", "PUT", { cutRequest: 5000 }, {}],
  ])("%s", async (what, method, fault, options) => {
    const large = (seen: Seen) => seen.method === method && Number(seen.headers["content-length"]) > 5000;
    const name = what.replaceAll(" ", "-");
    const { repository, lines } = await behind(times(1, large, fault), name, options);
    await repository.push(image, "v1");
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
    expect(lines().filter((line) => line.startsWith("POST"))).toHaveLength(4);
  });

  test("the last answer of an upload is lost: nothing is sent again", async () => {
    const fault = times(1, (seen) => seen.method === "PUT" && seen.path.includes("uploads"), { cutResponse: 0 });
    const { repository, lines } = await behind(fault, "last");
    await repository.push(image, "v1");
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
    expect(lines().filter((line) => line.startsWith("POST"))).toHaveLength(3);
  });

  test("an upload that is always lost", async () => {
    const { repository, lines } = await behind(
      ({ method }) => (method === "PUT" ? { answer: 404 } : undefined),
      "lost",
    );
    await expect(repository.push(image, "v1")).rejects.toThrow("begun 3 times, and the registry lost it each time");
    expect(lines().filter((line) => line.startsWith("POST"))).toHaveLength(3);
  });
});
