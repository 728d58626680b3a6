import { oneLine, readInput } from "@wasm-header-filter/cli";

/** The content of a file, or why it could not be read. */
export type OpenedFile =
  | { readonly bytes: Uint8Array; readonly reason?: undefined }
  | { readonly bytes?: undefined; readonly reason: string };

/**
 * Reads the file behind a `file://` URL.
 *
 * @param url the URL; Envoy takes the rest after `file://` as the path, without decoding it
 */
export function openFile(url: string): OpenedFile {
  const path = url.slice("file://".length);
  try {
    return { bytes: readInput(path, "module") };
  } catch (error) {
    return { reason: oneLine(error) };
  }
}
