import { Failure } from "@wasm-header-filter/cli";

/** Reads one value; `where` names it in errors. */
type Read<T> = (value: unknown, where: string) => T;

/** The fields of a message, by their JSON names. */
type Fields = Readonly<Record<string, Read<unknown>>>;

/** A message: a field that is left out, or null, is not there. */
export type Message<F extends Fields> = { readonly [K in keyof F]?: ReturnType<F[K]> };

/**
 * Parses a message of Protocol Buffers in JSON by the rules of Go's protojson: fields that the message does not have are errors, and
 * a field may have its JSON name or its name in snake case, but not both.
 *
 * @param bytes JSON in UTF-8
 * @param where names it in errors
 * @throws Failure in one line, with the path of the first field that is wrong
 */
export function parseMessage<T>(read: Read<T>, bytes: Uint8Array, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new Failure(`${where}: not JSON`, { cause });
  }
  return read(value, where);
}

/** A message with these fields, of which at most one of each group in `oneOf` may be there. */
export function message<F extends Fields>(
  fields: F,
  ...oneOf: readonly (readonly (keyof F & string)[])[]
): Read<Message<F>> {
  const names = new Map(
    Object.keys(fields).flatMap((name) => [...new Set([name, snakeCase(name)])].map((key) => [key, name])),
  );
  return (value, where) => {
    const found: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(object(value, where))) {
      const name = names.get(key);
      if (name === undefined) throw new Failure(`${where}: unknown field ${JSON.stringify(key)}`);
      if (name in found) throw new Failure(`${where}: ${name} is there twice`);
      if (entry !== null) found[name] = (fields[name] as Read<unknown>)(entry, `${where}: ${name}`);
    }
    for (const group of oneOf) {
      const [first, second] = group.filter((name) => name in found);
      if (second !== undefined) throw new Failure(`${where}: expected one of ${first} and ${second}, got both`);
    }
    return found as Message<F>;
  };
}

/** Text. */
export const text: Read<string> = (value, where) =>
  typeof value === "string" ? value : fail(where, "a string", value);

/** Bytes in base64 of either alphabet, with or without padding. */
export const base64: Read<Uint8Array> = (value, where) => {
  const given = text(value, where).replace(/[\r\n]/g, "");
  const digits = /^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)(={0,2})$/.exec(given);
  const length = given.length - (digits?.[1]?.length ?? 0);
  const padded = digits?.[1] === "" || given.length % 4 === 0;
  if (digits === null || length % 4 === 1 || !padded) fail(where, "base64", value);
  return new Uint8Array(Buffer.from(given, "base64"));
};

/** A whole number of 64 bits, which JSON has as text too. */
export const integer: Read<bigint> = (value, where) =>
  /^-?\d{1,19}$/.test(String(value)) ? BigInt(String(value)) : fail(where, "a whole number", value);

/** A list. */
export const list =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value, where) =>
    Array.isArray(value) ? value.map((entry, i) => read(entry, `${where}[${i}]`)) : fail(where, "a list", value);

/** Values by name. */
export const map =
  <T>(read: Read<T>): Read<Readonly<Record<string, T>>> =>
  (value, where) =>
    Object.fromEntries(
      Object.entries(object(value, where)).map(([key, entry]) => [key, read(entry, `${where}.${key}`)]),
    );

/** Any object of JSON (`google.protobuf.Struct`). */
export const struct: Read<Readonly<Record<string, unknown>>> = object;

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(where, "an object", value);
  return value as Record<string, unknown>;
}

function fail(where: string, expected: string, got: unknown): never {
  throw new Failure(`${where}: expected ${expected}, got ${(JSON.stringify(got) ?? "nothing").slice(0, 80)}`);
}

/** The envelope's proto names this field as JSON does (sigstore/protobuf-specs protos/envelope.proto). */
function snakeCase(name: string): string {
  return name === "payloadType" ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
