/** The faults of a configuration, as the index of the line that describes them. */
export const enum Fault {
  None,
  NotUtf8,
  TooDeep,
  NotJson,
  Array,
  String,
  Boolean,
  Null,
  Number,
  Name,
  Managed,
  Kind,
  Unsafe,
  Control,
  OuterSpace,
  Surrogate,
}

export const FAULTS = `
not valid UTF-8
nested deeper than 32 levels
not valid JSON
expected a JSON object, got array
expected a JSON object, got string
expected a JSON object, got boolean
expected a JSON object, got null
expected a JSON object, got number
not a valid header name
managed by the proxy
value must be a string, an integer, a boolean or a list of these
number is not a safe integer, quote it
value has a line break or control character
value begins or ends with whitespace
value is not well-formed Unicode`;
