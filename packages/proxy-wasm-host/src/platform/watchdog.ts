/** Runs something, and throws if it takes too long. */
export type Watchdog = <T>(run: () => T) => T;
