/** An error that a command prints as one line before it exits with status 1: what failed, what was expected and what to do. */
export class Failure extends Error {
  override name = "Failure";
}

/** A command line that is not valid: exit status 2. */
export class UsageError extends Failure {
  override name = "UsageError";
}

/**
 * An error as one line of text.
 *
 * @param error anything that was thrown
 * @returns the message and those of its causes, without line breaks; causes whose text the message already holds are left out
 */
export function oneLine(error: unknown): string {
  const parts: string[] = [];
  for (let next = error; next !== undefined && next !== null; next = next instanceof Error ? next.cause : undefined) {
    const text = (next instanceof Error ? next.message : String(next)).replace(/\s*\n\s*/g, " ").trim();
    if (text !== "" && !parts.some((part) => part.includes(text))) parts.push(text);
  }
  return parts.join(": ") || "unknown error";
}

/** Whether an error is a bug of this program rather than a fault of its input: only then is the stack printed. */
export function isBug(error: unknown): boolean {
  return (
    !(error instanceof Error) ||
    [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error.constructor === kind)
  );
}
