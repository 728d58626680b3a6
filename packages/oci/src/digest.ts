import { createHash } from "node:crypto";

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** The digest of a blob's bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Whether a text is a digest this project takes; other algorithms, upper case and other lengths are not. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === "string" && /^sha256:[0-9a-f]{64}$/.test(text);
}

/** The hexadecimal digits alone: a blob's file name in a layout, and Istio's `sha256` field. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}
