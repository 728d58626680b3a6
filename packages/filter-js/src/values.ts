// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;
const OUTER_SPACE = /^[ \t]|[ \t]$/;

/** A value to send, or why it is refused. */
export type Checked = { value: string; fault?: undefined } | { value?: undefined; fault: string };

/**
 * Converts one configured value to a header's value.
 *
 * @param value as `JSON.parse` returned it
 * @returns the text to send, or the reason of the first fault: kind, number, characters, whitespace, Unicode
 */
export function headerValue(value: unknown): Checked {
  switch (typeof value) {
    case "string":
      return textValue(value);
    case "number":
      if (!Number.isSafeInteger(value)) return { fault: "number is not a safe integer, quote it" };
      return { value: String(value) };
    case "boolean":
      return { value: String(value) };
    default:
      return { fault: "value must be a string, an integer, a boolean or a list of these" };
  }
}

function textValue(text: string): Checked {
  if (CONTROL.test(text)) return { fault: "value has a line break or control character" };
  if (OUTER_SPACE.test(text)) return { fault: "value begins or ends with whitespace" };
  if (!text.isWellFormed()) return { fault: "value is not well-formed Unicode" };
  return { value: text };
}
