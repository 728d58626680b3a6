import { Writer } from "proxy-wasm-as";
import { decodedLength } from "./json-string";

/** A member of the configuration's object: one record in a list of them. */
@unmanaged
export class Member {
  /** Address of the decoded name. */
  name: usize;
  /** Its number of bytes. */
  nameLength: i32;
  /** Address of the value in the text. */
  value: usize;
}

/** Adds a member. */
export function addMember(members: Writer, name: usize, value: usize): void {
  const member = changetype<Member>(members.reserve(offsetof<Member>()));
  member.name = name;
  member.nameLength = decodedLength(name);
  member.value = value;
}

/** The number of members. */
export function memberCount(members: Writer): i32 {
  return members.length / <i32>offsetof<Member>();
}

/** The member at an index below {@link memberCount}. */
// @ts-ignore: decorator
@inline
export function memberAt(members: Writer, index: i32): Member {
  return changetype<Member>(members.data + index * offsetof<Member>());
}
