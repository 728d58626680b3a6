import { gzipSync } from "fflate";
import { packTar } from "modern-tar";

/** The largest module taken, in bytes: Istio's own limit for a Wasm file. */
export const MODULE_LIMIT = 256 * 1024 * 1024;

const FILE_NAME = "plugin.wasm";

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
