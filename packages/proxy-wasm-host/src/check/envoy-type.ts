import type { FunctionType } from "../wasm/binary.ts";

/** A function's type as Envoy prints it: `i32 i32 -> i32`, `void` for nothing (proxy-wasm-cpp-host, src/v8/v8.cc, printValTypes). */
export function envoyType({ parameters, results }: FunctionType): string {
  return `${parameters.join(" ") || "void"} -> ${results.join(" ") || "void"}`;
}
