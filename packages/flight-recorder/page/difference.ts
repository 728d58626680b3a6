/** An item of two lists that were compared. */
export interface Line<Item> {
  readonly kind: "same" | "added" | "removed";
  readonly item: Item;
}

/** The number of items that are compared. */
const MOST = 2000;

/**
 * Compares two lists by their longest common subsequence.
 *
 * @param key items with the same key are the same
 * @returns the items of both lists in order, each added, removed or the same
 */
export function difference<Item>(
  before: readonly Item[],
  after: readonly Item[],
  key: (item: Item) => string,
): Line<Item>[] {
  const [left, right] = [before.slice(0, MOST).map(key), after.slice(0, MOST).map(key)];
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i * width + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line<Item>[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ kind: "same", item: after[j++] as Item });
      i++;
    } else if (i < left.length && (j >= right.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", item: before[i++] as Item });
    } else {
      lines.push({ kind: "added", item: after[j++] as Item });
    }
  }
  return lines;
}
