/** Handles an exception: gets the event that it was thrown at, and closes what the event belongs to. */
export type Broken = (event: string, error: unknown) => void;

/** Wraps a listener so that it never throws. */
export type Contain = <Values extends unknown[], Result>(
  event: string,
  listener: (...values: Values) => Result,
) => (...values: Values) => Result | undefined;

/**
 * Wraps listeners so that they never throw: an exception that leaves a listener ends Node's process or worker.
 *
 * @param broken gets each exception; its own exceptions are ignored
 */
export const containing =
  (broken: Broken): Contain =>
  (event, listener) =>
  (...values) => {
    try {
      return listener(...values);
    } catch (error) {
      quietly(() => broken(event, error));
      return undefined;
    }
  };

/** Does one step of closing something, and ignores what it throws, so that the next steps are done too. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The first exception has been reported.
  }
}

/** A listener for errors that are handled elsewhere: without a listener, Node would throw them. */
export const ignore = (): void => {};

/** The log line for an exception: at which event, what, and where in the code. */
export function brokenText(event: string, error: unknown): string {
  const frame =
    error instanceof Error ? /\n\s+at [^\n]*?([^\n/\\(]+:\d+):\d+\)?(?:\n|$)/.exec(error.stack ?? "")?.[1] : undefined;
  return `internal error at ${event}: ${oneLine(error)}${frame === undefined ? "" : ` (${frame})`}`;
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, " ");
