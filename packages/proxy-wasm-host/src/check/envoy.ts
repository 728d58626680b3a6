import { ABI_VERSIONS, type AbiVersion } from "../abi/version.ts";
import type { FunctionType } from "../wasm/binary.ts";
import { ENVOY_LINKS, ENVOY_VERSIONS, type EnvoyVersion } from "./envoy-links.ts";

/** Where a function that Envoy links is, and since when. */
export interface Linked {
  readonly type: FunctionType;
  readonly abis: readonly AbiVersion[];
  readonly since: EnvoyVersion;
}

const LINKED: ReadonlyMap<string, Linked> = new Map(
  ENVOY_LINKS.flatMap(({ modules, abis = ABI_VERSIONS, since = ENVOY_VERSIONS[0], functions }) =>
    functions
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [name, ...words] = line.trim().split(" ");
        const linked = { type: functionType(words), abis, since };
        return modules.map((module) => [`${module}.${name}`, linked] as const);
      }),
  ),
);

/** The function of an import, whichever version of the ABI or of Envoy has it; nothing if none does. */
export const linkedFunction = (module: string, name: string): Linked | undefined => LINKED.get(`${module}.${name}`);

/** Every function that the newest Envoy links. */
export function linkedFunctions(): (Linked & { readonly module: string; readonly name: string })[] {
  return [...LINKED].map(([key, linked]) => {
    const dot = key.indexOf(".");
    return { module: key.slice(0, dot), name: key.slice(dot + 1), ...linked };
  });
}

/** Whether an Envoy is as new as another. */
export const isSince = (envoy: EnvoyVersion, since: EnvoyVersion): boolean =>
  ENVOY_VERSIONS.indexOf(envoy) >= ENVOY_VERSIONS.indexOf(since);

/**
 * Reads the version of an Envoy: `1.40`, `1.40.0` or `v1.40`.
 *
 * @returns nothing if this one is not known here
 */
export function envoyVersion(text: string): EnvoyVersion | undefined {
  const line = /^v?(\d+\.\d+)(\.\d+)?$/.exec(text)?.[1];
  return ENVOY_VERSIONS.find((version) => version === line);
}

/** A function's type as Envoy prints it: `i32 i32 -> i32`, `void` for nothing (proxy-wasm-cpp-host, src/v8/v8.cc, printValTypes). */
export function envoySignature({ parameters, results }: FunctionType): string {
  return `${parameters.join(" ") || "void"} -> ${results.join(" ") || "void"}`;
}

/** Reads `i32 i32 -> i32`. */
function functionType(words: readonly string[]): FunctionType {
  const arrow = words.indexOf("->");
  const types = (part: readonly string[]) => part.filter((word) => word !== "nothing") as FunctionType["parameters"];
  return { parameters: types(words.slice(0, arrow)), results: types(words.slice(arrow + 1)) };
}
