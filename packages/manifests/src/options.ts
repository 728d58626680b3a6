import { oneLine, UsageError } from "@wasm-header-filter/cli";
import { isTag, repositoryOption as nameOnly, type Reference } from "@wasm-header-filter/oci";
import { isName, isNamespace } from "./metadata.ts";
import { checkRepository } from "./source.ts";

/** Reads `--repository`: one that a cluster can find. */
export function repositoryOption(text: string): Reference {
  const reference = nameOnly(text);
  try {
    checkRepository(reference);
  } catch (error) {
    throw new UsageError(oneLine(error));
  }
  return reference;
}

/** Reads `--version`. */
export function versionOption(text: string): string {
  return check(text, "version", isTag(text), "what an image tag may hold: A-Z a-z 0-9 _ . - and no +");
}

/** Reads `--name`. */
export function nameOption(text: string): string {
  return check(text, "name", isName(text), "lower-case letters, digits, - and . of at most 253 characters");
}

/** Reads `--namespace`. */
export function namespaceOption(text: string): string {
  return check(text, "namespace", isNamespace(text), "lower-case letters, digits and - of at most 63 characters");
}

function check(text: string, what: string, valid: boolean, expected: string): string {
  if (valid) return text;
  throw new UsageError(`${what} ${JSON.stringify(text)} is not valid, expected ${expected}`);
}
