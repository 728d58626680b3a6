import { oneLine } from "@wasm-header-filter/cli";
import { type Digest, digestOf, gunzip, isModule, MODULE_LIMIT, readTar, TarError } from "@wasm-header-filter/oci";

/** A downloaded module, or why the download failed. */
export type Download =
  | { readonly module: Uint8Array; readonly digest: Digest; readonly failure?: undefined }
  | { readonly failure: string };

/** The timeout in milliseconds: Istio's for one attempt (istio pkg/wasm/options.go, DefaultHTTPRequestTimeout). */
const TIMEOUT = 15_000;

/**
 * Downloads a module as Istio's agent does: it is decompressed, and extracted if it is the first file of a tar archive (istio
 * pkg/wasm/httpfetcher.go, Fetch and unboxIfPossible). There is one attempt, with a limit of 256 MiB.
 *
 * @param url an http or https URL
 * @param signal ends the download earlier
 * @returns the module and its digest, or why the download failed; it does not throw
 */
export async function download(url: string, signal?: AbortSignal): Promise<Download> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT), ...(signal ? [signal] : [])]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return { failure: `the server responds with ${response.status}` };
    }
    const module = unbox(await bounded(response));
    return { module, digest: digestOf(module) };
  } catch (error) {
    return { failure: oneLine(error) };
  }
}

async function bounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MODULE_LIMIT) throw new Error(`more than ${MODULE_LIMIT} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The offset of the magic bytes of a tar archive. */
const USTAR = 257;

/** How many archives may be in each other. Istio has no limit. */
const NESTING_LIMIT = 100;

/**
 * Takes a module out of the gzip streams and tar archives that it is in.
 *
 * @param original what was downloaded
 * @returns what was downloaded, if there is no module in it, as Istio does
 */
function unbox(original: Uint8Array): Uint8Array {
  let bytes: Uint8Array | undefined = original;
  for (let depth = 0; bytes && depth < NESTING_LIMIT; depth++) {
    if (isModule(bytes)) return bytes;
    bytes = unpacked(bytes);
  }
  return original;
}

function unpacked(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const { bytes: plain, error } = gunzip(bytes, MODULE_LIMIT);
    return error === undefined ? plain : undefined;
  }
  const magic = Buffer.from(bytes.subarray(USTAR, USTAR + 5)).toString("latin1");
  if (bytes.length <= USTAR + 5 || magic !== "ustar") return undefined;
  try {
    return readTar({ bytes }).next().value?.read();
  } catch (error) {
    if (error instanceof TarError) return undefined;
    throw error;
  }
}
