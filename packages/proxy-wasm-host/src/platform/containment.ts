/** Is told at which event something was thrown, and what; ends what the event belongs to. */
export type Broken = (event: string, error: unknown) => void;

/** Makes a listener that never throws. */
export type Contain = <Values extends unknown[], Result>(
  event: string,
  listener: (...values: Values) => Result,
) => (...values: Values) => Result | undefined;

/**
 * Makes listeners that never throw: Node ends the process, or the worker, for an exception that leaves a listener.
 *
 * @param broken is told of an exception; what it throws itself is dropped
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

/** Does one part of ending what is broken, so that the other parts are done whatever this one throws. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The first exception has been reported.
  }
}

/** A listener for errors that are seen in another way: without one Node would throw them. */
export const ignore = (): void => {};

/** The line of the log for an exception: at which event, what, and where in the program. */
export function brokenText(event: string, error: unknown): string {
  const frame =
    error instanceof Error ? /\n\s+at [^\n]*?([^\n/\\(]+:\d+):\d+\)?(?:\n|$)/.exec(error.stack ?? "")?.[1] : undefined;
  return `internal error at ${event}: ${oneLine(error)}${frame === undefined ? "" : ` (${frame})`}`;
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, " ");
