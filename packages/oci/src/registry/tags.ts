import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";
import { getPages } from "./pages.ts";

/** A repository's tags, sorted, which not every registry does itself; none if there is no such repository. */
export async function listTags(client: Client): Promise<string[]> {
  const pages = await getPages(client, "tags/list", "tags");
  return (pages ?? []).flatMap(({ bytes }) => tagsOf(bytes, client.where("tags"))).sort();
}

function tagsOf(bytes: Uint8Array, where: string): string[] {
  let tags: unknown;
  try {
    tags = JSON.parse(new TextDecoder().decode(bytes)).tags;
  } catch (cause) {
    throw new RegistryError(`${where}: the answer is not JSON`, { cause });
  }
  // Some registries say null for none.
  if (tags === null) return [];
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
  throw new RegistryError(`${where}: the answer has no list of tags`);
}
