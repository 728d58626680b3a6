import { oneLine } from "@wasm-header-filter/cli";
import { type Digest, decompressLayer, digestOf, layerEntries, MODULE_LIMIT } from "@wasm-header-filter/oci";

/** A module from a web server, or why there is none. */
export type Download =
  | { readonly module: Uint8Array; readonly digest: Digest; readonly failure?: undefined }
  | { readonly failure: string };

/** How long a server may take, in ms: Istio's own time for one attempt (istio pkg/wasm/options.go, DefaultHTTPRequestTimeout). */
const PATIENCE = 15_000;

/**
 * Fetches a module as Istio's agent does: gzip and the first file of a tar archive are undone (istio pkg/wasm/httpfetcher.go, Fetch and
 * unboxIfPossible). One attempt, at most 256 MiB.
 *
 * @param url http or https
 */
export async function download(url: string): Promise<Download> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.status !== 200) {
      await response.body?.cancel();
      return { failure: `the server answers ${response.status}` };
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

/** Where a tar archive says that it is one. */
const USTAR = 257;

async function unbox(bytes: Uint8Array): Promise<Uint8Array> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer[0] === 0x1f && buffer[1] === 0x8b) return unbox(decompressLayer(buffer, "module"));
  if (buffer.toString("latin1", USTAR, USTAR + 5) !== "ustar") return bytes;
  const [first] = await layerEntries(buffer, "module");
  return first?.data ?? bytes;
}
