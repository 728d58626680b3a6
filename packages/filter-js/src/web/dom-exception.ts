/** The codes of the names that have one (WHATWG Web IDL, "DOMException names"). */
const CODES: Readonly<Record<string, number>> = {
  InvalidCharacterError: 5,
  NotSupportedError: 9,
  SyntaxError: 12,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  QuotaExceededError: 22,
  DataCloneError: 25,
};

/** The errors of web APIs: their names say what failed. */
export class DOMException extends Error {
  readonly code: number;

  constructor(message = "", name = "Error") {
    super(message);
    this.name = name;
    this.code = CODES[name] ?? 0;
  }
}
