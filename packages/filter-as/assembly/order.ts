import { Writer } from "proxy-wasm-as";
import { byteAt, lower } from "./chars";
import { Member, memberAt, memberCount } from "./members";

/**
 * Sorts members into wire order: by lower-cased name, then by the name as written, both byte by byte; equal names in
 * the text's order. A heapsort: in place, and n log n for any names.
 */
export function sortMembers(members: Writer): void {
  const count = memberCount(members);
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(members, i, count);
  for (let last = count - 1; last > 0; last--) {
    swap(memberAt(members, 0), memberAt(members, last));
    sink(members, 0, last);
  }
}

function sink(members: Writer, index: i32, count: i32): void {
  while (true) {
    let child = 2 * index + 1;
    if (child >= count) return;
    if (child + 1 < count && isBefore(memberAt(members, child), memberAt(members, child + 1))) child++;
    if (!isBefore(memberAt(members, index), memberAt(members, child))) return;
    swap(memberAt(members, index), memberAt(members, child));
    index = child;
  }
}

function swap(a: Member, b: Member): void {
  const name = a.name;
  const nameLength = a.nameLength;
  const value = a.value;
  memory.copy(changetype<usize>(a), changetype<usize>(b), offsetof<Member>());
  b.name = name;
  b.nameLength = nameLength;
  b.value = value;
}

function isBefore(a: Member, b: Member): bool {
  let order = compareNames(a, b, true);
  if (!order) order = compareNames(a, b, false);
  return order ? order < 0 : a.value < b.value;
}

/**
 * Compares two members' names.
 *
 * @param fold whether case is ignored
 * @returns below 0, 0 or above 0
 */
export function compareNames(a: Member, b: Member, fold: bool): i32 {
  const common = min(a.nameLength, b.nameLength);
  for (let i = 0; i < common; i++) {
    let x = byteAt(a.name + i);
    let y = byteAt(b.name + i);
    if (fold) {
      x = lower(x);
      y = lower(y);
    }
    if (x != y) return x - y;
  }
  return a.nameLength - b.nameLength;
}
