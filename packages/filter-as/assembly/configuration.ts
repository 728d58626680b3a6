import { Bytes, Writer } from "proxy-wasm-as";
import { Char } from "./chars";
import { readEntry } from "./entry";
import { Headers } from "./headers";
import { readJson } from "./json";
import { decodeString } from "./json-string";
import { memberAt, memberCount } from "./members";
import { isTooDeep } from "./nesting";
import { compareNames, sortMembers } from "./order";
import { isUtf8 } from "./utf8";

/**
 * Reads a configuration and checks it in the contract's order.
 *
 * @param text the configuration, which is decoded in place and of no use afterwards
 * @param headers takes the header lines; of no use after a refusal
 * @param refusal takes the reason why the configuration is refused
 * @returns whether it is good
 */
export function readConfiguration(text: Bytes, headers: Headers, refusal: Writer): bool {
  const start = text.data;
  const end = start + text.length;
  if (!isUtf8(start, end)) return no(refusal, "not valid UTF-8");
  if (isTooDeep(start, end)) return no(refusal, "nested deeper than 32 levels");
  const members = new Writer();
  const value = readJson(start, end, members);
  const good = value ? isObject(value, refusal) && readMembers(members, headers, refusal) : no(refusal, "not valid JSON");
  members.free();
  return good;
}

function no(refusal: Writer, reason: string): bool {
  refusal.ascii(reason);
  return false;
}

function isObject(value: usize, refusal: Writer): bool {
  const char = load<u8>(value);
  if (char == Char.OpenBrace) return true;
  refusal.ascii("expected a JSON object, got ");
  if (char == Char.OpenBracket) return no(refusal, "array");
  if (char == Char.Quote) return no(refusal, "string");
  if (char == Char.T || char == Char.F) return no(refusal, "boolean");
  if (char == Char.N) return no(refusal, "null");
  return no(refusal, "number");
}

function readMembers(members: Writer, headers: Headers, refusal: Writer): bool {
  const count = memberCount(members);
  for (let i = 0; i < count; i++) {
    const member = memberAt(members, i);
    member.nameLength = decodeString(member.name);
  }
  sortMembers(members);
  for (let i = 0; i < count; i++) {
    const member = memberAt(members, i);
    // Of a name given twice the last one counts.
    if (i + 1 < count && compareNames(member, memberAt(members, i + 1), false) == 0) continue;
    if (!readEntry(member, headers, refusal)) return false;
  }
  headers.seal();
  return true;
}
