import { gunzip } from "../archive/gunzip.ts";
import { readTar, type TarEntry } from "../archive/tar.ts";
import { TarError, TarPanic } from "../archive/tar-source.ts";
import { MODULE_LIMIT } from "../layer.ts";

const FILE_NAME = "plugin.wasm";

/** What Istio's agent finds in a compressed layer. */
export interface LayerReading {
  readonly state: "found" | "not gzip" | "broken archive" | "no module" | "broken module" | "too large" | "panic";
  /** The content of the first `plugin.wasm`. */
  readonly module?: Uint8Array;
  /** The entries up to the one that it stops at. */
  readonly entries: readonly Pick<TarEntry, "name" | "type">[];
  /** Other entries of the name that are behind it. */
  readonly others?: readonly string[];
  /** Why there is no module, as Go words it. */
  readonly reason?: string;
}

/**
 * Finds the module in a compressed layer as Istio's agent does (istio pkg/wasm/imagefetcher.go, extractWasmPluginBinary): the first entry
 * whose base name is `plugin.wasm`, with archive/tar and compress/gzip. What is behind it is not read.
 *
 * @param gzip the layer's bytes
 * @param limit the number of bytes at most that the archive is read to
 */
export function readLayer(gzip: Uint8Array, limit = MODULE_LIMIT): LayerReading {
  const { bytes, error, notGzip } = gunzip(gzip, limit);
  const entries: TarEntry[] = [];
  if (notGzip) return { state: "not gzip", entries, reason: error ?? "" };
  const cut = bytes.length === limit;
  const archive = { bytes, ...(error !== undefined && { error }) };
  let found = false;
  const all = readTar(archive);
  try {
    for (let next = all.next(); !next.done; next = all.next()) {
      entries.push(next.value);
      found = isModuleEntry(next.value);
      if (found) {
        const module = new Uint8Array(next.value.read());
        return { state: "found", entries, module, others: moduleNames(all) };
      }
    }
  } catch (cause) {
    if (!(cause instanceof TarError)) throw cause;
    if (cause instanceof TarPanic) return { state: "panic", entries, reason: cause.message };
    const state = cut ? "too large" : found ? "broken module" : "broken archive";
    return { state, entries, reason: found ? `failed to read ${FILE_NAME}: ${cause.message}` : cause.message };
  }
  return { state: cut ? "too large" : "no module", entries, reason: `${FILE_NAME} not found in the archive` };
}

function moduleNames(entries: Iterable<TarEntry>): string[] {
  const names: string[] = [];
  try {
    for (const entry of entries) if (isModuleEntry(entry)) names.push(entry.name);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
  }
  return names;
}

/** Whether an entry is the one that Istio looks for, by its base name (Go's filepath.Base). */
export const isModuleEntry = ({ name }: Pick<TarEntry, "name">): boolean =>
  name.replace(/\/+$/, "").split("/").at(-1) === FILE_NAME;
