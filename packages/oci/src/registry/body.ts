import type { Response } from "undici";
import { connectionError } from "./connection-error.ts";
import { RegistryError } from "./error.ts";

/**
 * Reads a body to its end.
 *
 * @param limit the largest one taken, in bytes
 * @param parts receives the body; it keeps what arrived before a connection broke
 * @param onBytes called with the number of bytes so far
 * @throws RegistryError if it is larger, or the connection breaks
 */
export async function readBody(
  response: Response,
  limit: number,
  where: string,
  parts: Uint8Array[] = [],
  onBytes?: (count: number) => void,
): Promise<Uint8Array> {
  let count = lengthOf(parts);
  try {
    for await (const part of response.body ?? []) {
      count += part.length;
      // Leaving the loop closes the connection.
      if (count > limit) throw new RegistryError(`${where}: larger than ${limit} bytes, not read further`);
      parts.push(part);
      onBytes?.(count);
    }
  } catch (error) {
    throw error instanceof RegistryError ? error : connectionError(where, new URL(response.url).origin, error);
  }
  return new Uint8Array(Buffer.concat(parts, count));
}

/** The total length of parts, in bytes. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** The start of a body as text; empty if it can't be read. */
export async function readStart(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let count = 0;
  try {
    for await (const part of response.body ?? []) {
      parts.push(part);
      count += part.length;
      if (count > 64 * 1024) break;
    }
  } catch {
    // The status says enough.
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
