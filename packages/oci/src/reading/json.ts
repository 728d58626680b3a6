/** Why a manifest is refused. */
export class ManifestError extends Error {}

/** The fields of a JSON object, read as Go's encoding/json fills a struct. */
export class JsonFields {
  readonly #values: readonly (readonly [name: string, value: unknown])[];

  /** @throws ManifestError if the value is neither an object nor null */
  constructor(value: unknown, what: string) {
    if (value !== null && (typeof value !== "object" || Array.isArray(value))) throw mismatch(what, "an object", value);
    this.#values = Object.entries(value ?? {}).map(([name, field]) => [folded(name), field]);
  }

  /** A field by its name, in whatever case it is written; the last one counts. Go leaves a field as it is for null. */
  get(name: string): unknown {
    return this.#values.findLast(([key, value]) => key === folded(name) && value !== null)?.[1];
  }

  /** Whether a field is null, which a type that decodes itself does not accept. */
  isNull(name: string): boolean {
    return this.#values.some(([key, value]) => key === folded(name) && value === null);
  }

  /** @returns empty if it is absent */
  text(name: string): string {
    const value = this.get(name) ?? "";
    if (typeof value !== "string") throw mismatch(name, "a string", value);
    // As Go reads half a surrogate pair.
    return value.toWellFormed();
  }

  /** @returns 0 if it is absent */
  integer(name: string): number {
    const value = this.get(name) ?? 0;
    if (typeof value !== "number" || Number.isNaN(value)) throw mismatch(name, "a 64-bit integer", value);
    return value;
  }

  /** @returns none if it is absent */
  list(name: string): readonly unknown[] {
    const value = this.get(name) ?? [];
    if (!Array.isArray(value)) throw mismatch(name, "a list", value);
    return value;
  }

  /** @throws ManifestError if an element is not a string */
  texts(name: string): void {
    for (const value of this.list(name)) if (typeof (value ?? "") !== "string") throw mismatch(name, "strings", value);
  }

  /** Strings by name. */
  map(name: string): Readonly<Record<string, string>> {
    const value = this.get(name) ?? {};
    if (typeof value !== "object" || Array.isArray(value)) throw mismatch(name, "an object", value);
    return Object.fromEntries(
      Object.entries(value as object).map(([key, text]) => {
        if (typeof (text ?? "") !== "string") throw mismatch(`${name}.${key}`, "a string", text);
        return [key, text ?? ""];
      }),
    );
  }

  /** Bytes: base64 with padding, or a list of numbers. @returns nothing if it is absent */
  bytes(name: string): Uint8Array | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) {
      // Go reads unsigned numbers without a sign.
      const byte = (one: unknown) => typeof one === "number" && one >= 0 && one <= 255 && !Object.is(one, -0);
      if (!value.every((one) => one === null || byte(one))) throw mismatch(name, "bytes", value);
      return Uint8Array.from(value, (one) => one ?? 0);
    }
    const text = typeof value === "string" ? value.replace(/[\r\n]/g, "") : "?";
    if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text)) {
      throw mismatch(name, "base64", value);
    }
    return new Uint8Array(Buffer.from(text, "base64"));
  }
}

/**
 * Decodes JSON as Go's json.Decoder does: what follows the first value is not looked at. Numbers that are no 64-bit integers become NaN, since
 * the fields that are read need integers.
 *
 * @throws ManifestError if it is not JSON
 */
export function decodeJson(bytes: Uint8Array): unknown {
  // Go does not skip a byte order mark, and replaces what is not UTF-8.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const first = /^\s*\{/.test(text) ? text.slice(0, endOfValue(text) ?? 0) : "";
  for (const part of [text, first]) {
    try {
      return JSON.parse(part, integers);
    } catch {}
  }
  throw new ManifestError("it is not JSON");
}

function integers(this: unknown, _: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number") return value;
  const source = context?.source ?? "";
  if (!/^-?\d+$/.test(source)) return Number.NaN;
  return BigInt.asIntN(64, BigInt(source)) === BigInt(source) ? value : Number.NaN;
}

/** Where the object or list that a text begins with ends; nothing if it does not end. */
export function endOfValue(text: string): number | undefined {
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (mark === "{" || mark === "[") depth++;
    if ((mark === "}" || mark === "]") && --depth === 0) return index + 1;
  }
  return undefined;
}

/** Go compares names as Unicode folds their case: U+017F is an s, U+212A a k. */
export const folded = (name: string): string => name.toUpperCase().toLowerCase();

const mismatch = (what: string, expected: string, got: unknown): ManifestError =>
  new ManifestError(`${what} must be ${expected}, got ${(JSON.stringify(got) ?? "nothing").slice(0, 40)}`);
