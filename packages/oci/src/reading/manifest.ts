import { Failure } from "@wasm-header-filter/cli";
import { type Digest, isDigest } from "../digest.ts";
import type { Descriptor, Manifest } from "../image.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { decodeJson, JsonFields, ManifestError } from "./json.ts";

/** What points at a blob or manifest, as go-containerregistry reads it. */
export interface Part extends Descriptor {
  /** {@link NO_DIGEST} if there is none. */
  readonly digest: Digest;
  /** In bytes; {@link ANY_SIZE} for whatever size it has. */
  readonly size: number;
  /** The bytes themselves, which are then not fetched. */
  readonly data?: Uint8Array;
}

/** A manifest, as go-containerregistry reads it. */
export interface ReadManifest extends Manifest {
  readonly config: Part;
  readonly layers: readonly Part[];
}

/** A manifest in an index. */
export interface Child {
  readonly descriptor: Part;
  /** `linux/amd64`; absent if the index names none. */
  readonly platform?: string;
}

/** Stands for a digest that is missing: nothing has it. */
const NO_DIGEST: Digest = "sha256:";

/** The size that go-containerregistry does not check. */
export const ANY_SIZE = -1;

/**
 * Reads an image manifest as go-containerregistry does (pkg/v1/manifest.go, ParseManifest): field names in any case, unknown fields and what
 * follows the object are passed over, no field is required, and the schema version is not looked at.
 *
 * @throws ManifestError if it is not JSON, or a field has another type
 */
export function readManifest(bytes: Uint8Array): ReadManifest {
  const fields = top(bytes, "the manifest");
  const mediaType = fields.text("mediaType");
  const annotations = fields.map("annotations");
  return {
    schemaVersion: 2,
    ...(mediaType && { mediaType }),
    config: part(fields.get("config"), "config"),
    layers: fields.list("layers").map((layer, i) => part(layer, `layers[${i}]`)),
    ...(fields.get("annotations") !== undefined && { annotations }),
  };
}

/**
 * Reads an image manifest that a descriptor points at, as {@link readManifest} does.
 *
 * @param where names it in errors
 * @param mediaType what the descriptor says
 * @throws Failure if that is no image manifest, or it can't be read
 */
export function parseManifest(bytes: Uint8Array, where: string, mediaType: string): ReadManifest {
  const known: string[] = [MEDIA_TYPES.manifest, MEDIA_TYPES.dockerManifest];
  if (!known.includes(mediaType)) {
    throw new Failure(`${where}: media type must be ${known.join(" or ")}, got ${JSON.stringify(mediaType)}`);
  }
  return manifestOf(bytes, where);
}

/**
 * Reads an image manifest as {@link readManifest} does.
 *
 * @param where names it in errors
 * @throws Failure if it can't be read
 */
export function manifestOf(bytes: Uint8Array, where: string): ReadManifest {
  try {
    return readManifest(bytes);
  } catch (error) {
    if (error instanceof ManifestError) throw new Failure(`${where}: ${error.message}`);
    throw error;
  }
}

/**
 * Reads an image index as go-containerregistry does (pkg/v1/manifest.go, ParseIndexManifest).
 *
 * @throws ManifestError if it is not JSON, or a field has another type
 */
export function readIndex(bytes: Uint8Array): readonly Child[] {
  const fields = top(bytes, "the index");
  fields.text("mediaType");
  fields.map("annotations");
  return fields.list("manifests").map((value, i) => {
    const where = `manifests[${i}]`;
    const platform = platformOf(value, where);
    return { descriptor: part(value, where), ...(platform !== undefined && { platform }) };
  });
}

/** The media type that a manifest or index says it has, or seems to have if it says none. */
export function mediaTypeOf(bytes: Uint8Array): string {
  try {
    const fields = top(bytes, "the manifest");
    return fields.text("mediaType") || (fields.get("manifests") ? MEDIA_TYPES.index : MEDIA_TYPES.manifest);
  } catch {
    return "";
  }
}

function top(bytes: Uint8Array, what: string): JsonFields {
  const fields = new JsonFields(decodeJson(bytes), what);
  fields.integer("schemaVersion");
  fields.text("artifactType");
  part(fields.get("subject"), "subject");
  return fields;
}

function part(value: unknown, where: string): Part {
  const fields = new JsonFields(value ?? null, where);
  const data = fields.bytes("data");
  fields.texts("urls");
  platformOf(value, where);
  const annotations = fields.map("annotations");
  fields.text("artifactType");
  return {
    mediaType: fields.text("mediaType"),
    digest: digestField(fields, where),
    size: fields.integer("size"),
    ...(data && { data }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

function digestField(fields: JsonFields, where: string): Digest {
  const value = fields.get("digest");
  if (value === undefined && !fields.isNull("digest")) return NO_DIGEST;
  // It becomes a file name: nothing but this form may pass.
  if (!isDigest(value)) throw new ManifestError(`${where}: digest must be sha256: and 64 hexadecimal digits`);
  return value;
}

function platformOf(value: unknown, where: string): string | undefined {
  const platform = new JsonFields(value ?? null, where).get("platform");
  if (platform === undefined) return undefined;
  const fields = new JsonFields(platform, `${where}: platform`);
  for (const name of ["variant", "os.version"]) fields.text(name);
  for (const name of ["features", "os.features"]) fields.texts(name);
  return `${fields.text("os")}/${fields.text("architecture")}`;
}
