// The global names of a filter beyond ECMAScript's: what the engines have, and what the build adds where it is used.

interface Console {
  trace(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}
declare var console: Console;

declare class DOMException extends Error {
  constructor(message?: string, name?: string);
  readonly code: number;
}

type AllowSharedBufferSource = ArrayBufferLike | ArrayBufferView;
type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;

declare class TextEncoder {
  readonly encoding: "utf-8";
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  /** @throws RangeError for any encoding but UTF-8 */
  constructor(label?: "utf-8" | "utf8", options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  readonly encoding: "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(input?: AllowSharedBufferSource, options?: { readonly stream?: boolean }): string;
}

declare class URLSearchParams {
  constructor(init?: string | URLSearchParams | Record<string, string> | Iterable<readonly [string, string]>);
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  toString(): string;
  forEach(callback: (value: string, name: string, parent: URLSearchParams) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

declare class URL {
  constructor(url: string | URL, base?: string | URL);
  static canParse(url: string | URL, base?: string | URL): boolean;
  static parse(url: string | URL, base?: string | URL): URL | null;
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toString(): string;
  toJSON(): string;
}

declare function atob(data: string): string;
declare function btoa(data: string): string;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T): T;
declare function setTimeout<A extends unknown[]>(callback: (...given: A) => void, ms?: number, ...given: A): number;
declare function setInterval<A extends unknown[]>(callback: (...given: A) => void, ms?: number, ...given: A): number;
declare function clearTimeout(timer: number | undefined): void;
declare function clearInterval(timer: number | undefined): void;

declare var performance: { readonly timeOrigin: number; now(): number };

type KeyUsage = "sign" | "verify";
type HashAlgorithm = string | { readonly name: string };

declare class CryptoKey {
  private constructor();
  readonly type: "secret" | "public";
  readonly extractable: boolean;
  readonly algorithm: { readonly name: string };
  readonly usages: KeyUsage[];
}

interface JsonWebKey {
  readonly kty?: string;
  readonly k?: string;
  readonly n?: string;
  readonly e?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
}

/** Digests, HMAC, and the verification of RSA and ECDSA: nothing else. */
interface SubtleCrypto {
  digest(hash: HashAlgorithm, data: BufferSource): Promise<ArrayBuffer>;
  importKey(
    format: "raw" | "jwk" | "spki",
    key: BufferSource | JsonWebKey,
    algorithm: { readonly name: string; readonly hash?: HashAlgorithm; readonly namedCurve?: string },
    extractable: boolean,
    usages: readonly KeyUsage[],
  ): Promise<CryptoKey>;
  sign(algorithm: "HMAC" | { readonly name: "HMAC" }, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>;
  verify(
    algorithm: string | { readonly name: string; readonly hash?: HashAlgorithm; readonly saltLength?: number },
    key: CryptoKey,
    signature: BufferSource,
    data: BufferSource,
  ): Promise<boolean>;
}

declare var crypto: {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
  readonly subtle: SubtleCrypto;
};
