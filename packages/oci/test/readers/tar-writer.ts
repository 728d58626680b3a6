import { wasmModule } from "../../src/fixtures/module.ts";

/** A module that is longer than two blocks, and none of whole blocks. */
export const MODULE = wasmModule(undefined, 1000);
export const OTHER = wasmModule(undefined, 300);

export const BLOCK = 512;
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
export const zeros = (size: number) => new Uint8Array(size);
export const octal = (value: number, size: number) => `${value.toString(8).padStart(size - 1, "0")}\0`;

/** What is written into a header instead of what belongs there: by offset, one character for each byte. */
export type Changes = Readonly<Record<number, string>>;

export function header(name: string, size: number, type = "0", changes: Changes = {}): Uint8Array {
  const block = zeros(BLOCK);
  const fields: Changes = {
    0: name.slice(0, 100),
    100: octal(0o644, 8),
    108: octal(0, 8),
    116: octal(0, 8),
    124: octal(size, 12),
    136: octal(0, 12),
    156: type,
    257: "ustar\x0000",
    329: octal(0, 8),
    337: octal(0, 8),
  };
  for (const [at, text] of Object.entries({ ...fields, ...changes })) block.set(bytesOf(text), Number(at));
  if (changes[148] === undefined) sum(block);
  return block;
}

export function sum(block: Uint8Array, signed = false): void {
  block.fill(0x20, 148, 156);
  const total = block.reduce((all, byte) => all + (signed && byte > 127 ? byte - 256 : byte), 0);
  block.set(bytesOf(`${octal(total, 7)} `), 148);
}

export const padded = (bytes: Uint8Array) => concat(bytes, zeros((BLOCK - (bytes.length % BLOCK)) % BLOCK));
export const entry = (name: string, data = MODULE, type = "0", changes: Changes = {}) =>
  concat(header(name, data.length, type, changes), padded(data));
export const END = zeros(2 * BLOCK);
export const tar = (...entries: readonly Uint8Array[]) => concat(...entries, END);
export const plugin = (changes: Changes = {}, type = "0") => entry("plugin.wasm", MODULE, type, changes);
export const readme = entry("readme", bytesOf("read me"));

export const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const size = rest.length + String(rest.length + String(rest.length).length).length;
  return `${size}${rest}`;
};
export const pax = (text: string, type = "x", name = "pax") => entry(name, bytesOf(text), type);
export const paxOf = (fields: Readonly<Record<string, string>>, type = "x") =>
  pax(
    Object.entries(fields)
      .map(([key, value]) => record(key, value))
      .join(""),
    type,
  );

/** Archives by what is special about them. */
export type Forms = [name: string, tar: Uint8Array][];

/** A number as GNU writes large and negative ones. */
export const base256 = (value: bigint, size: number) =>
  String.fromCharCode(
    ...Array.from({ length: size }, (_, i) => {
      const byte = Number(BigInt.asUintN(8, value >> BigInt(8 * (size - 1 - i))));
      return i === 0 ? (value < 0n ? 0xff : 0x80 | byte) : byte;
    }),
  );

/** Numbers that are the same each time. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
