import { BufferType, type Host } from "./host.ts";
import { statusName } from "./status.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A value that was read, or why there is none. */
export type Read<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: string };

/**
 * Reads the plugin's configuration as JSON.
 *
 * @typeParam T what the filter expects it to be, which is not checked
 * @param size bytes, as `onConfigure` gets them
 * @returns the value, or an error in one line, for the log
 */
export function readJson<T = unknown>(host: Host, size: number): Read<T> {
  if (size === 0) return { error: "the configuration is empty: expected JSON" };
  const { status, value: bytes } = host.getBuffer(BufferType.PluginConfiguration, 0, size);
  if (!bytes) return { error: `the configuration could not be read: ${statusName(status)}` };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { error: "the configuration is not valid UTF-8" };
  try {
    return { value: JSON.parse(text) as T };
  } catch (error) {
    return { error: `the configuration is not valid JSON: ${(error as Error).message}` };
  }
}
