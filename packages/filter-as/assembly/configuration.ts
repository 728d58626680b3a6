import { Bytes, make, Writer } from "proxy-wasm-as";
import { byteAt, Char } from "./chars";
import { readEntry } from "./entry";
import { Fault, FAULTS } from "./fault";
import { Headers } from "./headers";
import { readJson } from "./json";
import { memberAt, memberCount } from "./members";
import { isTooDeep } from "./nesting";
import { compareNames, sortMembers } from "./order";
import { isUtf8 } from "./utf8";

/**
 * Reads a configuration and checks it in the contract's order.
 *
 * @param text the configuration, which is decoded in place and must not be used afterwards; the byte after it is
 *   overwritten
 * @param headers receives the header lines; not to be used after a refusal
 * @param refusal receives the reason why the configuration is refused
 * @returns whether it is good
 */
export function readConfiguration(text: Bytes, headers: Headers, refusal: Writer): bool {
  const members = make<Writer>();
  const end = text.data + text.length;
  store<u8>(end, 0);
  const fault = textFault(text.data, end, members);
  refusal.line(FAULTS, fault);
  const good = !fault && readMembers(members, headers, refusal);
  members.free();
  return good;
}

function textFault(at: usize, end: usize, members: Writer): Fault {
  if (!isUtf8(at, end)) return Fault.NotUtf8;
  if (isTooDeep(at, end)) return Fault.TooDeep;
  const value = readJson(at, end, members);
  if (!value) return Fault.NotJson;
  switch (byteAt(value)) {
    case Char.OpenBrace: return Fault.None;
    case Char.OpenBracket: return Fault.Array;
    case Char.Quote: return Fault.String;
    case Char.T:
    case Char.F: return Fault.Boolean;
    case Char.N: return Fault.Null;
    default: return Fault.Number;
  }
}

function readMembers(members: Writer, headers: Headers, refusal: Writer): bool {
  const count = memberCount(members);
  sortMembers(members);
  for (let i = 0; i < count; i++) {
    const member = memberAt(members, i);
    // The last value of a repeated name counts.
    if (i + 1 < count && compareNames(member, memberAt(members, i + 1), false) == 0) continue;
    if (!readEntry(member, headers, refusal)) return false;
  }
  headers.seal();
  return true;
}
