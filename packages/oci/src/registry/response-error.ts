import type { Response } from "undici";
import { readStart } from "./body.ts";
import { RegistryError } from "./error.ts";

/** Statuses that may change when the request is sent again (go-containerregistry pkg/v1/remote/options.go, defaultRetryStatusCodes). */
const TRANSIENT = [408, 429, 499, 500, 502, 503, 504, 522];

/**
 * The error for an answer that was not expected; its body is read.
 *
 * @param where what was requested from which server
 * @param hint what the user can do, if anything
 */
export async function responseError(where: string, response: Response, hint = ""): Promise<RegistryError> {
  const { status, statusText, headers } = response;
  const body = await readStart(response);
  const { code, message } = firstError(body) ?? plainText(body, headers.get("content-type"));
  const said = [code ?? statusText, message].filter(Boolean).join(": ");
  const retryAfter = delayOf(headers.get("retry-after"));
  return new RegistryError(`${where}: ${`${status} ${said}`.trimEnd()}${hint && ` (${hint})`}`, {
    status,
    transient: TRANSIENT.includes(status),
    ...(code && { code }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** The first of a registry's errors: `{"errors": [{"code", "message", "detail"}]}`. */
function firstError(body: string): { code?: string; message: string } | undefined {
  try {
    const { code, message, detail } = JSON.parse(body).errors[0];
    const texts = [message, detail].filter((text) => typeof text === "string");
    return { ...(typeof code === "string" && { code: printable(code) }), message: printable(texts.join(", ")) };
  } catch {
    return undefined;
  }
}

function plainText(body: string, contentType: string | null): { code?: string; message: string } {
  return { message: (contentType ?? "text/plain").startsWith("text/plain") ? printable(body) : "" };
}

/** Untrusted text for a terminal: one line, no control characters, at most 300 characters. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 300);
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110, section 10.2.3). */
function delayOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(delay) ? undefined : Math.max(delay, 0);
}
