/** The longest delay of a timer; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** Starts a timer of any length; there is none for 0. */
export function startTimer(milliseconds: number, expired: () => void): NodeJS.Timeout | undefined {
  return milliseconds > 0 ? setTimeout(expired, Math.min(milliseconds, LONGEST)) : undefined;
}
