import { Duration, UnsignedInt } from "@marcbachmann/cel-js/evaluator";
import { latin1Bytes, utf8, utf8Bytes } from "../../abi/bytes.ts";
import { encodePairs, type Pair } from "../../abi/pairs.ts";
import { type Attribute, type Fields, isFields } from "../../vm/attribute.ts";

/** The objects of expressions, and the attributes that they stand for. */
const ORIGINALS = new WeakMap<object, Fields>();

const TIMES = new Set(["request.time"]);
const DURATIONS = new Set(["request.duration", "response.backend_latency", "upstream.cx_pool_ready_duration"]);
const SECOND = 1_000_000_000n;

/** The variables of an expression. @param read gives an attribute by the first part of its path */
export const celVariables = (read: (name: string) => Attribute): object => objectOf({ field: read }, (name) => name);

/** An attribute as expressions see it. @param path its name, to tell times and durations from numbers */
function celValue(value: Attribute, path: string): unknown {
  if (typeof value === "string") return utf8(latin1Bytes(value));
  if (typeof value === "number" || typeof value === "bigint") {
    const number = BigInt(value);
    if (TIMES.has(path)) return new Date(Number(number / 1_000_000n));
    return DURATIONS.has(path) ? new Duration(number / SECOND, Number(number % SECOND)) : number;
  }
  return isFields(value) ? objectOf(value, (name) => `${path}.${name}`) : value;
}

function objectOf(fields: Fields, path: (name: string) => string): object {
  const read = (name: string | symbol) =>
    typeof name === "string" ? celValue(fields.field(name), path(name)) : undefined;
  const object = new Proxy<Record<string | symbol, unknown>>(
    {},
    {
      get: (target, name) => read(name) ?? target[name],
      has: (_, name) => read(name) !== undefined,
      ownKeys: () => [...(fields.names ?? [])],
      getOwnPropertyDescriptor(_, name) {
        const value = read(name);
        return value === undefined ? undefined : { value, configurable: true, enumerable: true };
      },
    },
  );
  ORIGINALS.set(object, fields);
  return object;
}

/**
 * The bytes of an expression's result (envoyproxy/envoy, source/extensions/common/wasm/context.cc, serializeValue).
 *
 * @returns undefined for null, a type, or an object that has no bytes
 */
export function celBytes(value: unknown): Uint8Array | undefined {
  if (typeof value === "string") return utf8Bytes(value);
  if (value instanceof Uint8Array) return value;
  if (typeof value === "bigint") return eight((view) => view.setBigInt64(0, value, true));
  if (typeof value === "number") return eight((view) => view.setFloat64(0, value, true));
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  if (value instanceof UnsignedInt) return eight((view) => view.setBigUint64(0, value.valueOf() as bigint, true));
  if (value instanceof Date) return celBytes(BigInt(value.getTime()) * 1_000_000n);
  if (value instanceof Duration) return celBytes(value.seconds * SECOND + BigInt(value.nanos));
  if (typeof value !== "object" || value === null) return undefined;
  const original = ORIGINALS.get(value);
  if (original) return original.bytes?.();
  if (Array.isArray(value)) return celPairs(value.map((one) => [one, ""]));
  if (value instanceof Map) return celPairs([...value]);
  return value.constructor === Object || value.constructor === undefined ? celPairs(Object.entries(value)) : undefined;
}

function celPairs(list: readonly (readonly [unknown, unknown])[]): Uint8Array | undefined {
  const pairs: Pair[] = [];
  for (const parts of list) {
    const [first, second] = parts.map((part) => celBytes(part));
    if (!first || !second) return undefined;
    pairs.push([text(first), text(second)]);
  }
  return encodePairs(pairs);
}

/** Bytes as pairs hold them: one character each. */
const text = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

function eight(write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(8);
  write(new DataView(bytes.buffer));
  return bytes;
}
