import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

/** The largest page taken, in bytes, and how many of them. */
const PAGE_LIMIT = 4 * 1024 * 1024;
const MOST_PAGES = 1000;

/** One page of a list. */
export interface Page {
  readonly bytes: Uint8Array;
  readonly headers: { get(name: string): string | null };
}

/**
 * Fetches a list that comes in pages, each but the last with a `Link` to the next (RFC 8288).
 *
 * @param at below the repository
 * @param what the list, for messages
 * @param absent the statuses with which a registry says that it has no such list
 * @returns nothing if the first page isn't there
 */
export async function getPages(
  client: Client,
  at: string,
  what: string,
  absent: readonly number[] = [404],
): Promise<Page[] | undefined> {
  const pages: Page[] = [];
  const seen = new Set<string>();
  for (let next: string | URL | undefined = at; next !== undefined; ) {
    const expect = pages.length === 0 ? [200, ...absent] : [200];
    const { response, bytes } = await client.read({ method: "GET", at: next, what, expect }, PAGE_LIMIT);
    if (response.status !== 200) return undefined;
    pages.push({ bytes, headers: response.headers });
    seen.add(response.url);
    next = nextOf(response.headers.get("link"), response.url);
    if (pages.length >= MOST_PAGES || seen.has(next?.href ?? "")) {
      throw new RegistryError(`${client.where(what)}: does not end, ${pages.length} pages read`);
    }
  }
  return pages;
}

function nextOf(link: string | null, base: string): URL | undefined {
  const target = /<([^>]*)>[^,]*;\s*rel="?next\b/i.exec(link ?? "")?.[1];
  return target !== undefined && URL.canParse(target, base) ? new URL(target, base) : undefined;
}
