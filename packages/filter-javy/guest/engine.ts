import type { Host, HostCall, LogLevel } from "@wasm-header-filter/filter-js/guest";

/** What the plugin gives to scripts; with a dispatcher it calls the host, and the script's module answers 25 (see `script-module.ts`). */
declare function defineProxyWasmFilter(which: number, ...given: unknown[]): unknown;

let host: Host | undefined;
const early: [level: LogLevel, message: string][] = [];

/** Sets the host for {@link log}, and returns it. */
export function setHost(given: Host): Host {
  host = given;
  for (const [level, message] of early.splice(0)) given.log(level, message);
  return given;
}

/** Logs, at once or when there is a host. */
export function log(level: LogLevel, message: string): void {
  if (host) host.log(level, message);
  else early.push([level, message]);
}

export const hostCall = ((...given) => defineProxyWasmFilter(...given)) as HostCall;

/** 32 random bits. */
export const randomWord = (): number => defineProxyWasmFilter(25) as number;
