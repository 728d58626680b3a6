import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** How a message's fields are read; others are ignored. */
const READ = {
  string: { wire: WireType.LengthDelimited, read: (reader: BinaryReader) => strict.decode(reader.bytes()) },
  bytes: { wire: WireType.LengthDelimited, read: (reader: BinaryReader) => reader.bytes().slice() },
  bool: { wire: WireType.Varint, read: (reader: BinaryReader) => reader.bool() },
  enum: { wire: WireType.Varint, read: (reader: BinaryReader) => reader.int32() },
} as const;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

type Kinds = Readonly<Record<string, readonly [number: number, kind: keyof typeof READ]>>;
type Message<K extends Kinds> = { readonly [Name in keyof K]?: ReturnType<(typeof READ)[K[Name][1]]["read"]> };

/**
 * Reads a protobuf message as C++'s ParseFromString does: of a field given twice the last one counts, unknown ones are ignored.
 *
 * @param kinds each field's number and type by name
 * @returns what is there, or undefined if the bytes are no message or a string is not UTF-8
 */
export function readMessage<const K extends Kinds>(bytes: Uint8Array, kinds: K): Message<K> | undefined {
  const found: Record<string, unknown> = {};
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, wire] = reader.tag();
      const [name, kind] = Object.entries(kinds).find(([, [one]]) => one === number) ?? [];
      const how = kind && READ[kind[1]];
      if (name !== undefined && how?.wire === wire) found[name] = how.read(reader);
      else reader.skip(wire, number);
    }
  } catch {
    return undefined;
  }
  return found as Message<K>;
}
