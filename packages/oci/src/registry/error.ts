import { Failure } from "@wasm-header-filter/cli";

/** The fields of a {@link RegistryError}. */
export interface RegistryErrorData {
  /** The HTTP status, when the registry answered. */
  readonly status?: number | undefined;
  /** The registry's own error code, such as `MANIFEST_UNKNOWN` (OCI distribution specification, "Error Codes"). */
  readonly code?: string | undefined;
  /** Whether asking again may help. */
  readonly transient?: boolean | undefined;
  /** When to ask again, as the registry says, in milliseconds from now. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** An error that a registry answered, or why no answer came. */
export class RegistryError extends Failure {
  override name = "RegistryError";
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly transient: boolean;
  readonly retryAfter: number | undefined;

  constructor(message: string, { status, code, transient = false, retryAfter, cause }: RegistryErrorData = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.transient = transient;
    this.retryAfter = retryAfter;
  }
}
