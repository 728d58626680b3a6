import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { parseReference } from "../reference.ts";
import type { RegistryOptions } from "./options.ts";
import { openRepository } from "./repository.ts";

const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7) % 251);

/** Uploads a blob to a server that stores every byte it receives, as the specification demands, and cuts the connections it is told to. */
async function uploadTo(
  { cuts = {}, least }: { cuts?: Record<number, number>; least?: number },
  options: RegistryOptions = {},
) {
  let stored = Buffer.of();
  let complete = false;
  let parts = 0;
  const ranges: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    const { method, url = "", headers } = request;
    const location = "/v2/filter/blobs/uploads/1";
    const range = () => ({ location, ...(stored.length > 0 && { range: `0-${stored.length - 1}` }) });
    if (method === "HEAD") return response.writeHead(complete ? 200 : 404).end();
    if (method === "POST") {
      stored = Buffer.of();
      return response.writeHead(202, { location, ...(least && { "oci-chunk-min-length": `${least}` }) }).end();
    }
    if (method === "GET") return response.writeHead(204, range()).end();
    ranges.push(headers["content-range"]);
    const limit = method === "PATCH" ? (cuts[parts++] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    if (headers["content-range"] && !headers["content-range"].startsWith(`${stored.length}-`)) {
      return response.writeHead(416, range()).end();
    }
    const kept = await keep(request, limit);
    stored = Buffer.concat([stored, kept]);
    if (kept.length === limit) return request.socket.destroy();
    complete = url.includes("digest=");
    return response.writeHead(complete ? 201 : 202, range()).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const wait = async () => {};
  const repository = openRepository(parseReference(`127.0.0.1:${port}/filter`), { wait, chunkSize: 4000, ...options });
  await repository.putBlob(bytes);
  return { ranges, stored: new Uint8Array(stored) };
}

async function keep(request: IncomingMessage, limit: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    kept.push(part.subarray(0, limit - size));
    size += kept.at(-1)?.length ?? 0;
    if (size >= limit) break;
  }
  return Buffer.concat(kept);
}

test("resumes after each cut at the registry's offset, and sends no byte twice", async () => {
  const { ranges, stored } = await uploadTo({ cuts: { 0: 1500, 2: 3999, 3: 2 } });
  expect(ranges).toEqual(["0-3999", "1500-5499", "5500-9499", "9499-9999", "9501-9999", undefined]);
  expect(stored).toEqual(bytes);
});

test("takes the size of parts that the registry wants", async () => {
  const { ranges, stored } = await uploadTo({ least: 6000 });
  expect(ranges).toEqual(["0-5999", "6000-9999", undefined]);
  expect(stored).toEqual(bytes);
});

test("what fits into one part goes whole", async () => {
  const { ranges, stored } = await uploadTo({}, { chunkSize: 10_000 });
  expect(ranges).toEqual([undefined]);
  expect(stored).toEqual(bytes);
});

test("one byte or nothing, who can tell: begins again", async () => {
  const { ranges, stored } = await uploadTo({ cuts: { 0: 1 } });
  expect(ranges).toEqual(["0-3999", "0-3999", "4000-7999", "8000-9999", undefined]);
  expect(stored).toEqual(bytes);
});

test("a connection that is cut again and again while the upload moves on", async () => {
  const cuts = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [i, 1000]));
  const { ranges, stored } = await uploadTo({ cuts }, { attempts: 2 });
  expect(ranges).toHaveLength(11);
  expect(stored).toEqual(bytes);
});
