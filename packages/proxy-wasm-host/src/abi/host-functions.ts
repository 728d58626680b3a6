import { ENV_FUNCTIONS } from "./env-functions.ts";
import type { Signature } from "./signature.ts";
import { WASI_FUNCTIONS } from "./wasi-functions.ts";

/** Every function that modules can import from the host, under any version of the ABI. No two have one name. */
export const HOST_FUNCTIONS: readonly Signature[] = [...Object.values(ENV_FUNCTIONS), ...Object.values(WASI_FUNCTIONS)];

const byName = new Map(HOST_FUNCTIONS.map((one) => [one.name, one]));

/** The host function of a name, whatever module and version it is of. */
export const hostFunctionNamed = (name: string): Signature | undefined => byName.get(name);

/** The host function that an import names, whichever version of the ABI or of Envoy has it. */
export function importedFunction(module: string, name: string): Signature | undefined {
  const found = byName.get(name);
  return found?.modules.includes(module) ? found : undefined;
}
