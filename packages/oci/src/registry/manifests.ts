import { Failure } from "@wasm-header-filter/cli";
import type { Response } from "undici";
import { digestOf, isDigest } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { isTag } from "../reference.ts";
import { MANIFEST_LIMIT } from "../store.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

const { manifest, dockerManifest, index, dockerList } = MEDIA_TYPES;
const ACCEPT = [manifest, dockerManifest, index, dockerList].join(", ");

/** A manifest or an index as the registry stores it. */
export interface StoredManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/**
 * Asks what a tag or digest points at, without fetching it.
 *
 * @returns nothing if it isn't there
 */
export async function resolveManifest(client: Client, name: string): Promise<Descriptor | undefined> {
  const ask = { method: "HEAD", at: pathOf(name), what: `manifest ${name}`, headers: { accept: ACCEPT } } as const;
  const { status, headers } = await client.ask({ ...ask, expect: [200, 404] });
  if (status === 404) return undefined;
  const digest = headers.get("docker-content-digest");
  const length = headers.get("content-length") ?? "";
  // Both headers are optional in the specification.
  if (!isDigest(digest) || !/^\d+$/.test(length)) return (await getManifest(client, name)).descriptor;
  if (isDigest(name) && name !== digest) throw lie(client.where(ask.what), digest, name);
  return { mediaType: mediaTypeOf(headers), digest, size: Number(length) };
}

/**
 * Fetches a manifest or index.
 *
 * @param name a tag or a digest
 * @throws RegistryError if it isn't there, is too large, or its bytes don't have the digest asked for. What the registry says of its digest
 *   does not count: too many say something wrong (go-containerregistry pkg/v1/remote/fetcher.go)
 */
export async function getManifest(client: Client, name: string): Promise<StoredManifest> {
  const ask = { method: "GET", at: pathOf(name), what: `manifest ${name}`, headers: { accept: ACCEPT } } as const;
  const { response, bytes } = await client.read({ ...ask, expect: [200] }, MANIFEST_LIMIT);
  const digest = digestOf(bytes);
  if (isDigest(name) && name !== digest) throw lie(client.where(ask.what), digest, name);
  return { descriptor: { mediaType: mediaTypeOf(response.headers), digest, size: bytes.length }, bytes };
}

/**
 * Stores a manifest or index.
 *
 * @param name a tag, or its digest
 * @returns its descriptor, and the subject whose referrers the registry now lists it among, if it does that
 * @throws RegistryError if the registry refuses it or says that it has another digest
 */
export async function sendManifest(
  client: Client,
  name: string,
  bytes: Uint8Array,
  mediaType: string,
): Promise<{ descriptor: Descriptor; listedFor: string | null }> {
  const digest = digestOf(bytes);
  const what = `manifest ${name}`;
  const headers = { "content-type": mediaType };
  const ask = { method: "PUT", at: pathOf(name), what, headers, body: bytes, expect: [200, 201, 202] } as const;
  const answer = (await client.ask(ask)).headers;
  const said = answer.get("docker-content-digest") ?? digest;
  if (said !== digest) throw lie(client.where(what), said, digest);
  return { descriptor: { mediaType, digest, size: bytes.length }, listedFor: answer.get("oci-subject") };
}

/** Nothing else may become part of a URL. */
function pathOf(name: string): string {
  if (isTag(name) || isDigest(name)) return `manifests/${name}`;
  throw new Failure(`${JSON.stringify(name)}: neither a tag nor a digest`);
}

function lie(where: string, digest: string, expected: string): RegistryError {
  return new RegistryError(`${where}: has the digest ${digest}, expected ${expected}`);
}

/** Without the parameters that a registry may add. */
function mediaTypeOf(headers: Response["headers"]): string {
  return headers.get("content-type")?.split(";")[0]?.trim() ?? "";
}
