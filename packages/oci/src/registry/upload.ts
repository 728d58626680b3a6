import type { Response } from "undici";
import type { Descriptor } from "../image.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

/** Uploads a blob that isn't there yet. */
export async function upload(client: Client, { digest }: Descriptor, bytes: Uint8Array): Promise<void> {
  const what = `upload of blob ${digest}`;
  const started = await client.ask({ method: "POST", at: "blobs/uploads/", what, expect: [202] });
  await started.body?.cancel();
  const url = locationOf(client, started, what);
  url.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  const put = await client.ask({ method: "PUT", at: url, what, headers, body: bytes, expect: [201, 204] });
  await put.body?.cancel();
}

/** Where an upload goes on: an absolute or a relative URL. */
function locationOf(client: Client, response: Response, what: string): URL {
  const location = response.headers.get("location") ?? "";
  const base = client.endpoint.origin;
  if (location !== "" && URL.canParse(location, base)) return new URL(location, base);
  throw new RegistryError(`${client.endpoint.name}: ${what}: the registry named no location to send it to`);
}
