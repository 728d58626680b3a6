/** As many digits as a number can have without losing its last ones. */
const NUMBER = /^[\t-\r ]*\+?0*(\d{1,15})[\t-\r ]*$/;

/**
 * Reads a header's value as Envoy reads numbers (absl::SimpleAtoi): white space around it, a plus and zeros before it are ignored.
 *
 * @returns undefined if it is missing or not a number
 */
export function headerNumber(text: string | undefined): number | undefined {
  const digits = NUMBER.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
