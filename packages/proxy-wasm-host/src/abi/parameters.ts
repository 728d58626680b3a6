import type { Enum } from "./enums.ts";

/** The WebAssembly value types the ABI uses. */
export type ValueType = "i32" | "i64" | "f32" | "f64";

/** How a value is shown: as a number, by its name in an enumeration, or by what the bytes hold. */
export type Form = "u32" | "i64" | "u64" | "bytes" | "text" | "path" | "pairs" | Enum;

/** What a recorder needs to mask secrets: the parameter that names a header (a path: in one of its parts), and the one that has its value. */
export type Secret = "header-name" | "header-value";

/**
 * A parameter of a host function. A value that goes into the host is passed as it is, or as pointer and size if it is a run of bytes;
 * a result is written to an address that the module passes: a number as one word, bytes as a pointer and a size in two.
 */
export interface Parameter {
  readonly name: string;
  readonly form: Form;
  readonly result: boolean;
  /** Left out for `pairs`, which have names and values, and for what is not about a header. */
  readonly secret?: Secret;
}

/** A parameter that goes into the host. */
export const parameter = (name: string, form: Form, secret?: Secret): Parameter => ({
  name,
  form,
  result: false,
  ...(secret && { secret }),
});

/** A value that the host writes into the module's memory if the call returns OK. */
export const result = (name: string, form: Form, secret?: Secret): Parameter => ({
  ...parameter(name, form, secret),
  result: true,
});

/** Whether a form takes a pointer and a size. */
export const isRun = (form: Form): boolean =>
  form === "bytes" || form === "text" || form === "path" || form === "pairs";

/** The WebAssembly parameters of a function. */
export function valueTypes(parameters: readonly Parameter[]): ValueType[] {
  return parameters.flatMap(({ form, result }): ValueType[] => {
    if (isRun(form)) return ["i32", "i32"];
    return !result && (form === "i64" || form === "u64") ? ["i64"] : ["i32"];
  });
}
