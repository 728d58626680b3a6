import { readBody } from "./body.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

const pageLimit = 4 * 1024 * 1024;

/** A repository's tags as the registry sorts them; none if there is no such repository. */
export async function listTags(client: Client): Promise<string[]> {
  const what = "tags";
  const response = await client.ask({ method: "GET", at: "tags/list", what, expect: [200, 404] });
  if (response.status === 404) {
    await response.body?.cancel();
    return [];
  }
  const where = `${client.endpoint.name}: ${what}`;
  const bytes = await readBody(response, pageLimit, where);
  return tagsOf(bytes, where);
}

function tagsOf(bytes: Uint8Array, where: string): string[] {
  try {
    const { tags } = JSON.parse(new TextDecoder().decode(bytes)) as { tags?: unknown };
    // Some registries say null for none.
    if (tags === null) return [];
    if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
  } catch (cause) {
    throw new RegistryError(`${where}: the answer is not JSON`, { cause });
  }
  throw new RegistryError(`${where}: the answer has no list of tags`);
}
