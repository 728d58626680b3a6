import { inStartFunction } from "../abi/start-function.ts";
import type { WasmInterface } from "./binary.ts";

/** How an instantiation ended. */
export type Instantiation =
  | { readonly ended: "made" }
  /** The module's start function called the host, which Envoy is not ready for then. */
  | { readonly ended: "called the host"; readonly name: string }
  | { readonly ended: "trapped"; readonly reason: string };

/** Instantiates a module with imports that do nothing, but for those that work in a start function. */
export function instantiate(compiled: WebAssembly.Module, { imports }: WasmInterface): Instantiation {
  let called: string | undefined;
  const linked: Record<string, Record<string, unknown>> = {};
  for (const { module, name, kind, limits, element = "anyfunc" } of imports) {
    linked[module] ??= {};
    if (kind === "memory" && limits) linked[module][name] = new WebAssembly.Memory(limits);
    else if (kind === "table" && limits) linked[module][name] = new WebAssembly.Table({ element, ...limits });
    else if (kind === "function") {
      linked[module][name] =
        inStartFunction(name) ??
        (() => {
          called ??= name;
          throw new Error("the host is not there");
        });
    } else return { ended: "made" };
  }
  try {
    new WebAssembly.Instance(compiled, linked as WebAssembly.Imports);
    return { ended: "made" };
  } catch (error) {
    if (called !== undefined) return { ended: "called the host", name: called };
    // Some imports cannot be created here as the module needs them: nothing is known then.
    if (!(error instanceof WebAssembly.RuntimeError)) return { ended: "made" };
    return { ended: "trapped", reason: (error as Error).message.replace(/^WebAssembly\.Instance\(\): /, "") };
  }
}
