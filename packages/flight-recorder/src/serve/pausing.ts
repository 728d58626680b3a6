/** Holds requests back, so that people can look at them before they pass on. */
export interface Pausing {
  /** Whether new requests are held back. */
  readonly on: boolean;
  /** How many are held back at present. */
  readonly waiting: number;
  /** Called after each change. */
  onChange: (() => void) | undefined;
  /** Holds new requests back, or does so no longer and lets all pass. */
  set(on: boolean): void;
  /** Lets the oldest pass that is held back, if there is one. */
  release(): void;
}
