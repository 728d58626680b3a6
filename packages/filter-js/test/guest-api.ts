import { readFileSync } from "node:fs";
import { namedFunctions } from "proxy-wasm-host/testing";
import { HostFunction } from "../src/host-call.ts";

/** The files of the guest API whose comments name the Proxy-Wasm functions that they call; the first has those that each engine binds. */
const FILES = ["host.ts", "call-outs.ts", "messages.ts", "shared.ts", "streams.ts"];

const functionsOf = (files: readonly string[]): string[] =>
  namedFunctions(files.map((file) => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8")).join("\n"));

/** The Proxy-Wasm functions behind the guest API. */
export const apiFunctions = (): string[] => functionsOf(FILES);

/** Those that each engine binds one by one. */
export const boundFunctions = (): string[] => functionsOf(FILES.slice(0, 1));

/** Names of the guest API that are shorter than Proxy-Wasm's. */
const FULL: Readonly<Record<string, string>> = { SetTickPeriod: "SetTickPeriodMilliseconds" };

/** The Proxy-Wasm functions by their numbers in `HostFunction`. */
export function numberedFunctions(): [number: number, name: string][] {
  return Object.entries(HostFunction).map(([name, number]) => [
    number,
    `proxy${(FULL[name] ?? name).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
  ]);
}

/**
 * The functions that an engine calls by number.
 *
 * @param source its source
 * @param branch matches one branch, with the number and the function's name in groups
 */
export function branchesOf(source: URL, branch: RegExp): [number: number, name: string][] {
  return [...readFileSync(source, "utf8").matchAll(branch)].map(([, number, name = ""]) => [Number(number), name]);
}
