import { spawnSync } from "node:child_process";

/** Options of a vitest test or suite. */
export interface Unless {
  readonly skip: boolean;
  readonly meta: { readonly skipped?: string };
}

/**
 * Options of a test or suite that is skipped where something is missing. The end of the test run says how many are skipped for which
 * reason.
 *
 * @param missing what is missing and what to install; undefined if nothing is
 */
export function unless(missing: string | undefined): Unless {
  return { skip: missing !== undefined, meta: missing === undefined ? {} : { skipped: missing } };
}

/**
 * Looks for a command that a test uses.
 *
 * @param name the command, and its package in Debian
 * @param argument makes it print something and exit
 * @returns what is missing and what to install, or undefined
 */
export function missingCommand(name: string, argument = "--version"): string | undefined {
  return spawnSync(name, [argument]).error ? `${name} is not installed: apt-get install ${name}` : undefined;
}
