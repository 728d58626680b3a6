import { Failure } from "@wasm-header-filter/cli";

/** The error of a test whose two sides differ. It has no stack, which would only name a file of this package. */
export function differenceFailure(message: string): Failure {
  const failure = new Failure(message);
  failure.stack = "";
  return failure;
}
