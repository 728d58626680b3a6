import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Descriptor, type Digest, digestOf, hexOf, mediaTypes } from "@wasm-header-filter/oci";

/** What goes into a tar archive. */
export interface Entry {
  readonly name: string;
  readonly data?: Uint8Array;
  /** Makes it a symbolic link. */
  readonly link?: string;
}

/** A layout under construction: blobs by digest, and what its index names. */
export class LayoutBuilder {
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #index: object[] = [];

  blob(mediaType: string, data: Uint8Array): Descriptor {
    const digest = digestOf(data);
    this.#blobs.set(digest, data);
    return { mediaType, digest, size: data.length };
  }

  json(mediaType: string, value: object): Descriptor {
    return this.blob(mediaType, Buffer.from(JSON.stringify(value)));
  }

  /** A manifest of layers, by default OCI's. */
  manifest(layers: readonly Descriptor[], mediaType: string = mediaTypes.manifest, more: object = {}): Descriptor {
    const config = this.json(mediaTypes.config, {});
    return this.json(mediaType, { schemaVersion: 2, mediaType, config, layers, ...more });
  }

  index(...manifests: readonly object[]): Descriptor {
    return this.json(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests });
  }

  /** Leaves a blob out, as if it had been lost. */
  lose({ digest }: Descriptor): void {
    this.#blobs.delete(digest);
  }

  /** Gives a blob other bytes than its digest says. */
  spoil({ digest, size }: Descriptor): void {
    this.#blobs.set(digest, new Uint8Array(size));
  }

  /** Names something in the layout's index. */
  tag(top: Descriptor, name: string): this {
    this.#index.push({ ...top, annotations: { "org.opencontainers.image.ref.name": name } });
    return this;
  }

  /** Writes a layout's folder, with one more thing that has the tag v1. */
  write(top: Descriptor): string {
    this.tag(top, "v1");
    const dir = mkdtempSync(join(tmpdir(), "doctor-"));
    mkdirSync(join(dir, "blobs/sha256"), { recursive: true });
    for (const [digest, data] of this.#blobs) writeFileSync(join(dir, "blobs/sha256", hexOf(digest)), data);
    writeFileSync(join(dir, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(dir, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: this.#index }));
    return dir;
  }
}

const BLOCK = 512;

/** A tar archive, header by header (POSIX.1-1988, ustar). */
export function tar(...entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, data = new Uint8Array(), link }) => {
    const header = Buffer.alloc(BLOCK);
    const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, "0");
    header.write(name, 0);
    header.write(octal(0o644, 8), 100);
    header.write(octal(0, 8), 108);
    header.write(octal(0, 8), 116);
    header.write(octal(data.length, 12), 124);
    header.write(octal(0, 12), 136);
    header.write(" ".repeat(8), 148);
    header.write(link === undefined ? "0" : "2", 156);
    if (link !== undefined) header.write(link, 157);
    header.write("ustar\0" + "00", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${octal(sum, 7)}\0 `, 148);
    return [header, data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}
