/** Runs functions, and stops them with an exception if they take too long. */
export interface Watchdog {
  <T>(run: () => T): T;
  /** Throws if what is running has taken too long; called with each host call. Left out: that is only found by other means. */
  readonly check?: () => void;
}
