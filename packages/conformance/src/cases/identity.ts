import type { LogEntry } from "./case.ts";

/** The module under test as it announces itself: the values of `{variant}` and `{version}`. */
export interface Identity {
  variant?: string;
  version?: string;
}

/**
 * Replaces the placeholders in expected log lines. An unknown variant or version is taken from the module's announcement.
 *
 * @param identity is updated from the announcement
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
