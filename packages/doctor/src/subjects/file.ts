import { oneLine, readInput } from "@wasm-header-filter/cli";
import { filePathOf } from "@wasm-header-filter/manifests";

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
  try {
    return { bytes: readInput(filePathOf(url) ?? url, "module") };
  } catch (error) {
    return { reason: oneLine(error) };
  }
}
