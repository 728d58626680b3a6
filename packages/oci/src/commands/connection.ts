import { X509Certificate } from "node:crypto";
import { text } from "node:stream/consumers";
import { Failure, readInput, UsageError } from "@wasm-header-filter/cli";
import { type Command, Option } from "commander";
import type { Credentials, RegistryOptions } from "../registry/options.ts";

/** The options of every command that talks to a registry, as commander reads them. */
export interface ConnectionOptions {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly ca?: string;
  readonly insecure?: boolean;
}

/** Adds the options of every command that talks to one registry. */
export function addRegistryOptions(command: Command): Command {
  const login = command
    .option("--username <name>", "instead of the credentials that docker login stored; with --password-stdin")
    .option("--password-stdin", "read the password from stdin");
  return addConnectionOptions(login);
}

/** Adds the options of every command that talks to registries, without those for credentials. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option("--ca <file>", "trust these certificates (PEM) too")
    .addOption(new Option("--insecure", "plain http to a registry that is not on this machine").conflicts("ca"));
}

/**
 * The registry options that a command line gives.
 *
 * @throws UsageError if there is a name without a password or a password without a name; Failure if the file of certificates can't be read
 */
export async function registryOptions(options: ConnectionOptions): Promise<RegistryOptions> {
  const { ca, insecure } = options;
  return {
    credentials: await credentialsOf(options),
    ca: ca === undefined ? undefined : certificates(ca),
    insecure,
  };
}

function certificates(path: string): string {
  const text = readInput(path, "--ca", 1024 * 1024).toString();
  try {
    new X509Certificate(text);
    return text;
  } catch (cause) {
    throw new Failure(`--ca ${path}: not a certificate in PEM`, { cause });
  }
}

async function credentialsOf({ username, passwordStdin }: ConnectionOptions): Promise<Credentials | undefined> {
  if (username === undefined && !passwordStdin) return undefined;
  if (username === undefined) throw new UsageError("--password-stdin needs --username");
  if (!passwordStdin) throw new UsageError("--username needs --password-stdin, with the password on stdin");
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  if (password === "") throw new UsageError("--password-stdin: stdin is empty");
  return { username, password };
}
