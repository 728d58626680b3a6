import type { Header } from "../cases/case.ts";

/** Lines whose values differ between requests. */
const VOLATILE = /^(date|x-request-id)$/i;

/** A line that Envoy adds to the upstream's responses, and not to local replies: the upstream shows which it is. */
const PROVENANCE = /^x-envoy-upstream-service-time$/i;

/** Lines that tell how a body is framed. */
const FRAMING = /^(content-length|transfer-encoding)$/i;

/** Lines that a local reply has. */
const OWN = /^(connection|keep-alive|content-type)$/i;

/** Header lines as they are compared: without volatile values. */
export function steady(headers: readonly Header[]): Header[] {
  return headers
    .filter(([name]) => !PROVENANCE.test(name))
    .map(([name, value]) => [name, VOLATILE.test(name) ? "*" : value]);
}

/** Header lines without those that follow from the body. */
export const unframed = (headers: readonly Header[]): Header[] => headers.filter(([name]) => !FRAMING.test(name));

/** Header lines without those of a local reply. */
export const unowned = (headers: readonly Header[]): Header[] => unframed(headers).filter(([name]) => !OWN.test(name));

/** The change from one list of header lines to another. */
export interface HeaderChange {
  /** Lines that are new, in order. */
  readonly added: readonly Header[];
  /** Lines that are gone, in order. */
  readonly removed: readonly Header[];
  /** Whether the lines in both are in another order. */
  readonly reordered: boolean;
}

/**
 * Compares two lists of header lines, counting a line as often as it is there.
 *
 * @param before volatile values in both are ignored
 */
export function headerChange(before: readonly Header[], after: readonly Header[]): HeaderChange {
  const [added, kept] = without(steady(after), steady(before));
  const [removed, stayed] = without(steady(before), steady(after));
  return { added, removed, reordered: stayed.some((line, at) => line !== kept[at]) };
}

const write = ([name, value]: Header): string => `${name}: ${value}`;

/** The lines that only the first list has, and, as text, those that both have. Of equal lines, the later ones are the surplus. */
function without(lines: readonly Header[], others: readonly Header[]): [more: Header[], both: string[]] {
  const left = new Map<string, number>();
  for (const line of others.map(write)) left.set(line, (left.get(line) ?? 0) + 1);
  const both: string[] = [];
  const more = lines.filter((line) => {
    const count = left.get(write(line)) ?? 0;
    left.set(write(line), count - 1);
    if (count > 0) both.push(write(line));
    return count <= 0;
  });
  return [more, both];
}
