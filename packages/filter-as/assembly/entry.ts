import { Writer } from "proxy-wasm-as";
import { byteAt, Char, isDigit } from "./chars";
import { Fault, FAULTS } from "./fault";
import { nameFault, textFault } from "./header-rules";
import { Headers } from "./headers";
import { afterSpace } from "./json";
import { decodedLength } from "./json-string";
import { Member } from "./members";
import { appendQuoted } from "./quote";
import { NOT_SAFE, safeInteger } from "./safe-integer";

/**
 * Checks one entry, first its name, then each value in the list's order, and adds its header lines.
 *
 * @returns whether it is good; if not, `refusal` contains the first fault's reason
 */
export function readEntry(member: Member, headers: Headers, refusal: Writer): bool {
  let fault = nameFault(member.name, member.nameLength);
  if (!fault) fault = valueFault(member, headers);
  if (!fault) return true;
  refusal.ascii("header ");
  appendQuoted(refusal, member.name, member.nameLength);
  refusal.ascii(": ").line(FAULTS, fault);
  return false;
}

function valueFault(member: Member, headers: Headers): Fault {
  headers.begin(member.name, member.nameLength);
  let at = member.value;
  if (byteAt(at) != Char.OpenBracket) return elementFault(at, headers);
  while (true) {
    at = afterSpace(at + 1);
    if (byteAt(at) == Char.CloseBracket) return Fault.None;
    const fault = elementFault(at, headers);
    if (fault) return fault;
    if (byteAt(at) == Char.Quote) at += 1 + decodedLength(at + 1);
    while (byteAt(at) != Char.Comma) if (byteAt(at++) == Char.CloseBracket) return Fault.None;
  }
}

function elementFault(at: usize, headers: Headers): Fault {
  const char = byteAt(at);
  if (char == Char.Quote) {
    const length = decodedLength(++at);
    const fault = textFault(at, length);
    if (!fault) headers.addText(at, length);
    return fault;
  }
  if (char == Char.Minus || isDigit(char)) {
    const value = safeInteger(at);
    if (value == NOT_SAFE) return Fault.Unsafe;
    headers.addInteger(value);
    return Fault.None;
  }
  if (char != Char.T && char != Char.F) return Fault.Kind;
  headers.addText(at, char == Char.T ? 4 : 5);
  return Fault.None;
}
