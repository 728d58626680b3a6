import type { Enum } from "./enums.ts";

/** The WebAssembly value types the ABI uses. */
export type ValueType = "i32" | "i64" | "f32" | "f64";

/** How a value is shown: as a number, by its name in an enumeration, or by what the bytes hold. */
export type Form = "u32" | "i64" | "u64" | "bytes" | "text" | "path" | "pairs" | Enum;

/**
 * A parameter as people name it. What goes into the host is passed by value, or as pointer and size where it is a run of bytes;
 * a result is written where the module points to: a number in one word, bytes as a pointer and a size in two.
 */
export interface Parameter {
  readonly name: string;
  readonly form: Form;
  readonly result: boolean;
}

/** A parameter that goes into the host. */
export const parameter = (name: string, form: Form): Parameter => ({ name, form, result: false });

/** A value that the host writes into the module's memory if the call returns OK. */
export const result = (name: string, form: Form): Parameter => ({ name, form, result: true });

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
