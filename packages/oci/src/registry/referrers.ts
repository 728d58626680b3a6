import { type Digest, hexOf } from "../digest.ts";
import { type Descriptor, jsonBytes } from "../image.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { type Index, parseIndex, parseReferrer } from "../schema.ts";
import { MANIFEST_LIMIT } from "../store.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";
import { getManifest, sendManifest } from "./manifests.ts";
import { getPages } from "./pages.ts";

/**
 * Lists what refers to a manifest as its subject: signatures, SBOMs, attestations (OCI distribution specification, "Listing Referrers").
 * A registry without that list has it as an index under the tag `sha256-HEX`.
 *
 * @param artifactType leaves out the others
 */
export async function listReferrers(client: Client, digest: Digest, artifactType?: string): Promise<Descriptor[]> {
  const all = (await fromList(client, digest, artifactType)) ?? (await fromTag(client, digest)).manifests;
  // A registry may ignore the filter.
  return all.filter((entry) => artifactType === undefined || entry.artifactType === artifactType);
}

/**
 * Stores a manifest or index. If it has a subject and the registry has no referrers API, it is added to the index that replaces the API.
 * As the specification says, an entry may be lost if two clients do this at the same time.
 */
export async function putManifest(
  client: Client,
  name: string,
  bytes: Uint8Array,
  mediaType: string,
): Promise<Descriptor> {
  const { subject, ...about } = parseReferrer(bytes, client.where(`manifest ${name}`));
  const { descriptor, listedFor } = await sendManifest(client, name, bytes, mediaType);
  if (subject && listedFor === null && !(await fromList(client, subject))) {
    await addToTag(client, subject, { ...descriptor, ...about });
  }
  return descriptor;
}

/** With these, and with a page that is no index, a registry says that it has no referrers API (go-containerregistry remote/referrers.go). */
const NO_REFERRERS_API = [400, 404, 406];

/** The list of the referrers API; nothing if the registry has none. */
async function fromList(client: Client, digest: Digest, artifactType?: string): Promise<Descriptor[] | undefined> {
  const what = `referrers of ${digest}`;
  const query = artifactType === undefined ? "" : `?${new URLSearchParams({ artifactType })}`;
  const pages = await getPages(client, `referrers/${digest}${query}`, what, NO_REFERRERS_API);
  const type = pages?.[0]?.headers.get("content-type")?.split(";")[0]?.trim();
  if (type !== undefined && type !== MEDIA_TYPES.index) return undefined;
  return pages?.flatMap(({ bytes }) => [...parseIndex(bytes, client.where(what)).manifests]);
}

async function fromTag(client: Client, digest: Digest): Promise<Index> {
  const tag = fallbackTag(digest);
  const stored = await getManifest(client, tag).catch((error) => {
    if (error instanceof RegistryError && error.status === 404) return undefined;
    throw error;
  });
  return stored ? parseIndex(stored.bytes, client.where(`manifest ${tag}`)) : { manifests: [] };
}

async function addToTag(client: Client, digest: Digest, entry: Descriptor): Promise<void> {
  const { manifests } = await fromTag(client, digest);
  if (manifests.some((other) => other.digest === entry.digest)) return;
  const tag = fallbackTag(digest);
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [...manifests, entry] };
  const bytes = jsonBytes(index);
  if (bytes.length > MANIFEST_LIMIT) throw new RegistryError(`${client.where(`manifest ${tag}`)}: too many referrers`);
  await sendManifest(client, tag, bytes, MEDIA_TYPES.index);
}

/** The tag of the index that replaces the referrers API ("Referrers Tag Schema"). */
function fallbackTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}
