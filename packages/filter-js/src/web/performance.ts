let origin: number | undefined;
let last = 0;

/** The clock in milliseconds since its first use: a script may be evaluated long before the proxy starts it. */
export const performance = {
  get timeOrigin(): number {
    origin ??= Date.now();
    return origin;
  },

  /** Whole milliseconds since {@link timeOrigin}, never less than before. */
  now(): number {
    last = Math.max(last, Date.now() - performance.timeOrigin);
    return last;
  },
};
