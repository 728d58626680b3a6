import { Failure } from "@wasm-header-filter/cli";

/** What a {@link RegistryError} knows beside its text. */
export interface RegistryErrorData {
  /** The HTTP status, when the registry answered. */
  readonly status?: number;
  /** The registry's own error code, such as `MANIFEST_UNKNOWN` (OCI distribution specification, "Error Codes"). */
  readonly code?: string;
  readonly cause?: unknown;
}

/** What a registry refused, or why it could not be asked. */
export class RegistryError extends Failure {
  override name = "RegistryError";
  readonly status: number | undefined;
  readonly code: string | undefined;

  constructor(message: string, { status, code, cause }: RegistryErrorData = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
  }
}

/**
 * The error for an answer that was not expected.
 *
 * @param where what was asked of whom
 * @param response its status is named in the error
 * @param body the start of its body; the registry's own code and message are taken from there
 */
export function refusal(where: string, response: { status: number; statusText: string }, body: string): RegistryError {
  const { status, statusText } = response;
  const { code, message } = firstError(body);
  const said = [code ?? statusText, message].filter(Boolean).join(": ");
  return new RegistryError(`${where}: ${status} ${said}`.trimEnd(), { status, ...(code && { code }) });
}

/** The first of a registry's errors: `{"errors": [{"code", "message", "detail"}]}`. */
function firstError(body: string): { code?: string; message?: string } {
  try {
    const { code, message, detail } = JSON.parse(body).errors[0];
    const texts = [message, typeof detail === "string" ? detail : undefined].filter((text) => typeof text === "string");
    return { ...(typeof code === "string" && { code: printable(code) }), message: printable(texts.join(", ")) };
  } catch {
    return {};
  }
}

/** A stranger's text for a terminal: one line, no control characters, at most 300 characters. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .slice(0, 300);
}
