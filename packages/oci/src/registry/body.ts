import type { Response } from "undici";
import { connectionError } from "./connection-error.ts";
import { RegistryError } from "./error.ts";

/**
 * Reads a body to its end.
 *
 * @param limit the largest one taken, in bytes
 * @param onBytes told how many bytes have come so far
 * @throws RegistryError if it is larger, or the connection breaks
 */
export async function readBody(
  response: Response,
  limit: number,
  where: string,
  onBytes?: (count: number) => void,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let count = 0;
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

/** The start of a body as text, whatever is there. */
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
