import { createHash } from "node:crypto";

/** The longest text that is shown in full. */
const LIMIT = 300;

/** A value as one line of text. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}… (${text.length} characters)` : text;
}

/** Bytes as one line: short ones as text, long ones by size, start and digest. */
export function showBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  if (text.length <= 120) return JSON.stringify(text);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  return `${JSON.stringify(text.slice(0, 60))}… (${bytes.length} bytes, sha256 ${digest}…)`;
}
