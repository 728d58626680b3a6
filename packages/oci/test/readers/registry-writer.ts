import { digestOf } from "../../src/digest.ts";
import { MEDIA_TYPES } from "../../src/mediatypes.ts";

/** An image as a registry stores it, which the name `latest` leads to. */
export interface StoredForm {
  readonly manifests: Readonly<Record<string, { readonly type: string; readonly bytes: string }>>;
  /** Base64 by digest. */
  readonly blobs: Readonly<Record<string, string>>;
}

export type Json = Readonly<Record<string, unknown>>;
export type Layer = readonly [mediaType: string, bytes: Uint8Array, more?: Json];

/** The media types that forms are made of. */
export const {
  manifest: OCI,
  dockerManifest: DOCKER,
  layer: TAR,
  dockerLayer,
  wasmConfig,
  wasmContent: RAW,
  index: INDEX,
  dockerList: LIST,
  config: CONFIG,
} = MEDIA_TYPES;
export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
export const utf8 = (text: string) => new TextEncoder().encode(text);

export class Registry {
  readonly manifests: Record<string, { type: string; bytes: string }> = {};
  readonly blobs: Record<string, string> = {};

  blob(mediaType: string, bytes: Uint8Array, more: Json = {}): Json {
    this.blobs[digestOf(bytes)] = base64(bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
  }

  /** @returns the descriptor */
  manifest(content: Json | string, type: string, more: Json = {}): Json {
    const bytes = utf8(typeof content === "string" ? content : JSON.stringify(content));
    this.manifests[digestOf(bytes)] = { type, bytes: base64(bytes) };
    return { mediaType: type, digest: digestOf(bytes), size: bytes.length, ...more };
  }

  image(layers: readonly Layer[], more: Json = {}, type: string = OCI): Json {
    return {
      schemaVersion: 2,
      mediaType: type,
      config: this.blob(CONFIG, utf8("{}")),
      layers: layers.map(([mediaType, bytes, rest]) => this.blob(mediaType, bytes, rest)),
      ...more,
    };
  }

  latest(content: Json | string, type: string): StoredForm {
    const { digest } = this.manifest(content, type);
    const top = this.manifests[digest as string] as { type: string; bytes: string };
    return { manifests: { ...this.manifests, latest: top }, blobs: this.blobs };
  }
}

export type Form = readonly [name: string, form: StoredForm];
export type Build = (registry: Registry) => StoredForm;
export const form = (name: string, build: Build): Form => [name, build(new Registry())];

/** A plain image. */
export const plain = (name: string, layers: readonly Layer[], more: Json = {}, type: string = OCI): Form =>
  form(name, (registry) => registry.latest(registry.image(layers, more, type), type));
