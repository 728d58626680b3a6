import { Option } from "commander";
import type { RegistryOptions } from "../registry/options.ts";

/** The options of every command that talks to a registry, as commander reads them. */
export interface ConnectionOptions {
  readonly insecure?: boolean;
}

/** The options of every command that talks to a registry. */
export const connectionOptions = [new Option("--insecure", "plain http to a registry that is not on this machine")];

/** How a registry is talked to, as the options say. */
export function connection({ insecure }: ConnectionOptions): RegistryOptions {
  return { insecure };
}
