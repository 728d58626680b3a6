import { UsageError } from "@wasm-header-filter/cli";
import { type Case, chosen, loadCases } from "@wasm-header-filter/conformance";
import type { Reference } from "@wasm-header-filter/oci";

let contract: readonly Case[] | undefined;

/** The cases that an image must pass: the whole contract, unless a rehearsal names some of them. */
export function gateCases(names?: readonly string[]): readonly Case[] {
  contract ??= loadCases();
  return chosen(contract, names);
}

/**
 * Refuses to test only some cases of the contract if others could pull the image.
 *
 * @throws UsageError if the registry isn't on this machine
 */
export function refuseCasesElsewhere({ registry = "" }: Reference, cases: readonly string[] | undefined): void {
  if (cases === undefined || /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(registry)) return;
  throw new UsageError("--gate-case: only for a registry on this machine; other images must pass the whole contract");
}
