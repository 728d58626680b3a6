import { byteAt, Char, charAt, indexOf, isDigit, lower } from "./chars";
import { Fault } from "./fault";

/**
 * Finds the fault of a name: it must be an RFC 9110 token (section 5.6.2), and not one that the proxy sets itself.
 *
 * @param name address of its first byte
 * @param length number of bytes
 */
export function nameFault(name: usize, length: i32): Fault {
  if (isManaged(name, length)) return Fault.Managed;
  for (let i = 0; i < length; i++) if (!isTokenChar(byteAt(name + i))) return Fault.Name;
  return length ? Fault.None : Fault.Name;
}

function isTokenChar(char: i32): bool {
  return isDigit(char) || <u32>(lower(char) - 0x61) < 26 || indexOf("!#$%&'*+-.^_`|~", char) >= 0;
}

const MANAGED = `connection
keep-alive
proxy-connection
transfer-encoding
te
trailer
upgrade
content-length
host
`;

/** Whether a name, in any case, is one that the proxy sets itself. */
function isManaged(name: usize, length: i32): bool {
  if (length && byteAt(name) == Char.Colon) return true;
  // How many characters of the list's current word match the name; -1 once one does not.
  let matched = 0;
  for (let i = 0; i < MANAGED.length; i++) {
    const char = charAt(MANAGED, i);
    if (char == Char.LineFeed) {
      if (matched == length) return true;
      matched = 0;
    } else if (matched >= 0) matched = matched < length && lower(byteAt(name + matched)) == char ? matched + 1 : -1;
  }
  return false;
}

/**
 * Finds the fault of a value.
 *
 * @param value address of its first byte, in WTF-8
 * @param length number of bytes
 */
export function textFault(value: usize, length: i32): Fault {
  if (!length) return Fault.None;
  let surrogate = false;
  const last = value + length - 1;
  for (let at = value; at <= last; at++) {
    const char = byteAt(at);
    if ((char < Char.Space && char != Char.Tab) || char == Char.Delete) return Fault.Control;
    // In UTF-8, no byte above 0x9f follows 0xed; in WTF-8, one does in a surrogate.
    if (char == 0xed && byteAt(at + 1) >= 0xa0) surrogate = true;
  }
  if (isSpace(byteAt(value)) || isSpace(byteAt(last))) return Fault.OuterSpace;
  return surrogate ? Fault.Surrogate : Fault.None;
}

function isSpace(char: i32): bool {
  return char == Char.Space || char == Char.Tab;
}
