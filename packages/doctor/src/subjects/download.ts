import { oneLine } from "@wasm-header-filter/cli";
import { type Digest, decompressLayer, digestOf, layerEntries, MODULE_LIMIT } from "@wasm-header-filter/oci";

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
    const module = await unbox(await bounded(response));
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

async function unbox(bytes: Uint8Array): Promise<Uint8Array> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer[0] === 0x1f && buffer[1] === 0x8b) return unbox(decompressLayer(buffer, "module"));
  if (buffer.toString("latin1", USTAR, USTAR + 5) !== "ustar") return bytes;
  const [first] = await layerEntries(buffer, "module");
  return first?.data ?? bytes;
}
