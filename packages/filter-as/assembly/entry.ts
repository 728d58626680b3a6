import { Writer } from "proxy-wasm-as";
import { Char, isDigit } from "./chars";
import { hasControl, hasOuterSpace, hasSurrogate, isManaged, isToken } from "./header-rules";
import { Headers } from "./headers";
import { afterSpace } from "./json";
import { endOfNumber } from "./json-number";
import { afterDecoded, decodeString } from "./json-string";
import { Member } from "./members";
import { appendQuoted } from "./quote";
import { NOT_SAFE, safeInteger } from "./safe-integer";

/**
 * Checks one entry, first its name, then each value in the list's order, and adds its header lines.
 *
 * @returns whether it is good; if not, the first fault's reason stands in `refusal`
 */
export function readEntry(member: Member, headers: Headers, refusal: Writer): bool {
  const fault = nameFault(member) || valueFault(member, headers);
  if (!fault) return true;
  refusal.ascii("header ");
  appendQuoted(refusal, member.name, member.nameLength);
  refusal.ascii(": ").ascii(fault);
  return false;
}

function nameFault(member: Member): string | null {
  if (isManaged(member.name, member.nameLength)) return "managed by the proxy";
  return isToken(member.name, member.nameLength) ? null : "not a valid header name";
}

function valueFault(member: Member, headers: Headers): string | null {
  headers.begin(member.name, member.nameLength);
  let at = member.value;
  if (load<u8>(at) != Char.OpenBracket) return elementFault(at, headers);
  at = afterSpace(at + 1);
  while (load<u8>(at) != Char.CloseBracket) {
    const fault = elementFault(at, headers);
    if (fault) return fault;
    at = afterSpace(afterElement);
    if (load<u8>(at) == Char.Comma) at = afterSpace(at + 1);
  }
  return null;
}

let afterElement: usize = 0;

function elementFault(at: usize, headers: Headers): string | null {
  const char = load<u8>(at);
  if (char == Char.Quote) return stringFault(at, headers);
  if (char == Char.Minus || isDigit(char)) return numberFault(at, headers);
  if (char != Char.T && char != Char.F) return "value must be a string, an integer, a boolean or a list of these";
  const length = char == Char.T ? 4 : 5;
  afterElement = at + length;
  headers.addText(at, length);
  return null;
}

function stringFault(at: usize, headers: Headers): string | null {
  const length = decodeString(at);
  afterElement = afterDecoded();
  if (hasControl(at, length)) return "value has a line break or control character";
  if (hasOuterSpace(at, length)) return "value begins or ends with whitespace";
  if (hasSurrogate(at, length)) return "value is not well-formed Unicode";
  headers.addText(at, length);
  return null;
}

function numberFault(at: usize, headers: Headers): string | null {
  afterElement = endOfNumber(at, usize.MAX_VALUE);
  const value = safeInteger(at, afterElement);
  if (value == NOT_SAFE) return "number is not a safe integer, quote it";
  headers.addInteger(value);
  return null;
}
