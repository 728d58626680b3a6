import { Failure } from "@wasm-header-filter/cli";
import { type Digest, isDigest } from "./digest.ts";
import type { Descriptor } from "./image.ts";

/** A layout's index, as far as this project reads it. */
export interface Index {
  readonly manifests: readonly Descriptor[];
}

/** Reads an OCI image index; `where` names it in errors. */
export function parseIndex(bytes: Uint8Array, where: string): Index {
  const index = object(json(bytes, where), where);
  if (index.schemaVersion !== 2) fail(where, "schemaVersion", "2", index.schemaVersion);
  if (!Array.isArray(index.manifests)) fail(where, "manifests", "a list", index.manifests);
  return { manifests: index.manifests.map((entry, i) => descriptor(entry, `${where}: manifests[${i}]`)) };
}

/** The fields of a manifest or index that a list of referrers needs. */
export interface Referrer {
  /** The image that it refers to; most refer to none. */
  readonly subject?: Digest;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Reads these of a manifest or index. Without an artifact type, the config's media type is used (OCI distribution specification). */
export function parseReferrer(bytes: Uint8Array, where: string): Referrer {
  const value = object(json(bytes, where), where);
  if (value.subject === undefined) return {};
  const { digest } = descriptor(value.subject, `${where}: subject`);
  const config = value.config === undefined ? undefined : descriptor(value.config, `${where}: config`);
  const artifactType = value.artifactType ?? config?.mediaType;
  if (artifactType !== undefined && typeof artifactType !== "string") {
    fail(where, "artifactType", "a string", artifactType);
  }
  return { subject: digest, ...(artifactType && { artifactType }), ...annotationsOf(value, where) };
}

function descriptor(value: unknown, where: string): Descriptor {
  const { mediaType, digest, size, artifactType, ...rest } = object(value, where);
  if (typeof mediaType !== "string") fail(where, "mediaType", "a string", mediaType);
  // The digest becomes a file name: nothing but this form may pass.
  if (!isDigest(digest)) fail(where, "digest", "sha256: and 64 lower-case hexadecimal digits", digest);
  if (!Number.isSafeInteger(size) || (size as number) < 0) fail(where, "size", "a number of bytes", size);
  if (artifactType !== undefined && typeof artifactType !== "string") {
    fail(where, "artifactType", "a string", artifactType);
  }
  return {
    mediaType,
    digest,
    size: size as number,
    ...(artifactType && { artifactType }),
    ...annotationsOf(rest, where),
  };
}

function annotationsOf(value: Record<string, unknown>, where: string): { annotations?: Record<string, string> } {
  if (value.annotations === undefined) return {};
  const entries = Object.entries(object(value.annotations, `${where}: annotations`));
  for (const [name, text] of entries) if (typeof text !== "string") fail(where, `annotation ${name}`, "a string", text);
  return { annotations: Object.fromEntries(entries) as Record<string, string> };
}

function json(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure(`${where}: not JSON`, { cause });
  }
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(where, "this", "an object", value);
  return value as Record<string, unknown>;
}

function fail(where: string, what: string, expected: string, got: unknown): never {
  throw new Failure(`${where}: ${what} must be ${expected}, got ${JSON.stringify(got) ?? "nothing"}`);
}
