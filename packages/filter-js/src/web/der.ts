const INTEGER = 0x02;
const BIT_STRING = 0x03;
const SEQUENCE = 0x30;

/** The algorithm identifiers of public keys (RFC 8017, RFC 5480). */
const RSA = [0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0];
const EC = [0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const CURVES = {
  "P-256": [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
  "P-384": [0x06, 5, 0x2b, 0x81, 0x04, 0x00, 0x22],
  "P-521": [0x06, 5, 0x2b, 0x81, 0x04, 0x00, 0x23],
};
export type Curve = keyof typeof CURVES;

/** The bytes of a coordinate. */
export const COORDINATE: Readonly<Record<Curve, number>> = { "P-256": 32, "P-384": 48, "P-521": 66 };

const value = (tag: number, bytes: readonly number[]): number[] => [tag, ...length(bytes.length), ...bytes];

function length(size: number): number[] {
  if (size < 128) return [size];
  const bytes = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** A number, without leading zeros, but with one before a high bit. */
function integer(bytes: Uint8Array): number[] {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? [0] : [...bytes.subarray(first)];
  return value(INTEGER, (significant[0] as number) >= 0x80 ? [0, ...significant] : significant);
}

/** SubjectPublicKeyInfo of an RSA key. */
export function rsaKey(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const key = value(SEQUENCE, [...integer(modulus), ...integer(exponent)]);
  return Uint8Array.from(value(SEQUENCE, [...RSA, ...value(BIT_STRING, [0, ...key])]));
}

/** SubjectPublicKeyInfo of a point on a curve: 4, x, y. */
export function ecKey(curve: Curve, point: Uint8Array): Uint8Array {
  const algorithm = value(SEQUENCE, [...EC, ...CURVES[curve]]);
  return Uint8Array.from(value(SEQUENCE, [...algorithm, ...value(BIT_STRING, [0, ...point])]));
}

/** A signature of ECDSA as Envoy takes it; Web Crypto has the two numbers side by side. */
export function ecSignature(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  return Uint8Array.from(
    value(SEQUENCE, [...integer(signature.subarray(0, half)), ...integer(signature.subarray(half))]),
  );
}

/** What a SubjectPublicKeyInfo has. @throws Error if it is malformed or of another kind */
export function readKey(der: Uint8Array): { modulus: Uint8Array; exponent: Uint8Array } | { curve: Curve } {
  const starts = (bytes: Uint8Array, prefix: readonly number[]) => prefix.every((byte, at) => bytes[at] === byte);
  const info = read(der, 0, SEQUENCE);
  if (info.end !== der.length) throw new Error("bytes behind the key");
  const algorithm = read(info.content, 0, SEQUENCE);
  const key = read(info.content, algorithm.end, BIT_STRING);
  if (starts(info.content, RSA)) {
    const numbers = read(key.content, 1, SEQUENCE);
    const modulus = read(numbers.content, 0, INTEGER);
    const exponent = read(numbers.content, modulus.end, INTEGER);
    return { modulus: significant(modulus.content), exponent: significant(exponent.content) };
  }
  for (const [curve, identifier] of Object.entries(CURVES)) {
    const isOfCurve = starts(algorithm.content, [...EC, ...identifier]);
    if (isOfCurve && key.content.length === 2 + 2 * COORDINATE[curve as Curve]) return { curve: curve as Curve };
  }
  throw new Error("not a key of RSA or of P-256, P-384 or P-521");
}

const significant = (bytes: Uint8Array): Uint8Array => bytes.subarray(bytes.findIndex((byte) => byte !== 0));

/** One value, with the index behind it. */
function read(bytes: Uint8Array, at: number, tag: number): { content: Uint8Array; end: number } {
  if (bytes[at] !== tag) throw new Error(`expected tag ${tag}`);
  let start = at + 2;
  let size = bytes[at + 1] ?? 0;
  if (size >= 0x80) {
    const count = size & 0x7f;
    size = 0;
    for (const byte of bytes.subarray(start, start + count)) size = size * 256 + byte;
    start += count;
  }
  if (start + size > bytes.length) throw new Error("the key is cut off");
  return { content: bytes.subarray(start, start + size), end: start + size };
}
