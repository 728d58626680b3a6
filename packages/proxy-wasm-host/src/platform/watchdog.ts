/** Runs a function, and stops it with an exception if it takes too long. */
export type Watchdog = <T>(run: () => T) => T;
