import type { LogEntry } from "./case.ts";

/** Who the module under test says it is: what `{variant}` and `{version}` stand for. */
export interface Identity {
  variant?: string;
  version?: string;
}

/**
 * Fills the placeholders of expected log lines in. Where the variant or version isn't known, the module's announcement tells it.
 *
 * @param identity gains what was learned
 * @param logged what the module logged
 */
export function identify(expected: readonly LogEntry[], identity: Identity, logged: readonly LogEntry[]): LogEntry[] {
  for (const [, text] of logged) {
    const match = /^header filter (\S+) (\S+): adding /.exec(text);
    identity.variant ??= match?.[1] as string;
    identity.version ??= match?.[2] as string;
  }
  return expected.map(([level, text]) => [
    level,
    text
      .replaceAll("{variant}", identity.variant ?? "{variant}")
      .replaceAll("{version}", identity.version ?? "{version}"),
  ]);
}
