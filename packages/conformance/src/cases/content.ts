import type { Content } from "./case.ts";

/**
 * Encodes a content as bytes.
 *
 * @param content JSON is serialised compactly, text as UTF-8
 * @returns at most a few tens of MiB, as the schema limits them
 */
export function bytesOf(content: Content): Uint8Array {
  if ("json" in content) return Buffer.from(JSON.stringify(content.json));
  if ("text" in content) return Buffer.from(content.text);
  if ("base64" in content) return Buffer.from(content.base64, "base64");
  return Buffer.from(
    content.generate.map((part) => (typeof part === "string" ? part : part[0].repeat(part[1]))).join(""),
  );
}
