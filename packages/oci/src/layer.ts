import { gunzipSync } from "node:zlib";
import { Failure } from "@wasm-header-filter/cli";
import { gzipSync } from "fflate";
import { packTar, unpackTar } from "modern-tar";

/** The largest module taken, in bytes: Istio's own limit for a Wasm file. */
export const MODULE_LIMIT = 256 * 1024 * 1024;

const FILE_NAME = "plugin.wasm";

/** The size in bytes that headers, padding and other small files may have. */
const TAR_OVERHEAD = 1024 * 1024;

/**
 * A layer with the one file `plugin.wasm`: no time, no owner, mode 0644.
 *
 * @param module the file's bytes
 * @returns the layer plain (its digest goes into the config's `diff_ids`) and compressed (what is stored)
 */
export async function packLayer(module: Uint8Array): Promise<{ tar: Uint8Array; gzip: Uint8Array }> {
  const header = { name: FILE_NAME, size: module.length, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 };
  const tar = await packTar([{ header, body: module }]);
  return { tar, gzip: compress(tar) };
}

/**
 * Gzip whose output depends only on the input. The output of Node's zlib depends on its version and on the processor; that of a compressor
 * in JavaScript does not. `mem` is set because its default is computed by `Math.log`, whose precision depends on the engine.
 */
export function compress(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9, mem: 8, mtime: 0 });
}

/** An entry of a layer's archive. */
export interface LayerEntry {
  readonly name: string;
  /** `file`, `directory`, `symlink` and so on. */
  readonly type: string;
  /** Left out for what isn't a file. */
  readonly data?: Uint8Array;
}

/** Whether an entry is the one that Istio looks for, by its base name. */
export const isModuleEntry = ({ name }: LayerEntry): boolean => name.split("/").at(-1) === FILE_NAME;

/**
 * Finds `plugin.wasm` in a compressed layer as Istio does: the first entry whose base name it is (istio pkg/wasm/imagefetcher.go).
 *
 * @param gzip the layer's bytes
 * @param where names the layer in errors
 * @param limit the largest module taken, in bytes
 * @throws Failure if the layer isn't gzip, isn't tar, is too large when unpacked or holds no such file
 */
export async function unpackLayer(gzip: Uint8Array, where: string, limit = MODULE_LIMIT): Promise<Uint8Array> {
  const entries = await layerEntries(decompressLayer(gzip, where, limit), where);
  const found = entries.find(isModuleEntry);
  if (found?.data && found.type === "file") return found.data;
  const names = entries.map(({ name }) => JSON.stringify(name)).slice(0, 5);
  throw new Failure(`${where}: no file ${FILE_NAME} inside, found ${names.join(", ") || "nothing"}`);
}

/**
 * Lists a layer's archive.
 *
 * @param tar the layer, decompressed
 * @param where names the layer in errors
 * @throws Failure if it isn't tar
 */
export async function layerEntries(tar: Uint8Array, where: string): Promise<LayerEntry[]> {
  const entries = await unpackTar(tar, { strict: true }).catch((cause) => {
    throw new Failure(`${where}: not a tar archive`, { cause });
  });
  return entries.map(({ header, data }) => ({
    name: header.name,
    type: header.type ?? "file",
    ...(data && { data }),
  }));
}

/**
 * Decompresses a layer.
 *
 * @param limit the largest module taken, in bytes; the archive may be a little larger
 * @throws Failure if the layer isn't gzip or is too large
 */
export function decompressLayer(gzip: Uint8Array, where: string, limit = MODULE_LIMIT): Uint8Array {
  try {
    return gunzipSync(gzip, { maxOutputLength: limit + TAR_OVERHEAD });
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new Failure(tooLarge ? `${where}: larger than ${limit} bytes when unpacked` : `${where}: not gzip`, {
      cause,
    });
  }
}
