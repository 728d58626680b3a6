import { oneLine, readInput } from "@wasm-header-filter/cli";
import { filePathOf } from "@wasm-header-filter/manifests";
import { mapBeside } from "@wasm-header-filter/source-maps";

/** The content of a file, or why it could not be read. */
export type OpenedFile =
  | { readonly bytes: Uint8Array; readonly sourceMap: Uint8Array | undefined; readonly reason?: undefined }
  | { readonly bytes?: undefined; readonly reason: string };

/**
 * Reads the file behind a `file://` URL.
 *
 * @param url the URL; Envoy takes the rest after `file://` as the path, without decoding it
 */
export function openFile(url: string): OpenedFile {
  try {
    const path = filePathOf(url) ?? url;
    return { bytes: readInput(path, "module"), sourceMap: mapBeside(path) };
  } catch (error) {
    return { reason: oneLine(error) };
  }
}
