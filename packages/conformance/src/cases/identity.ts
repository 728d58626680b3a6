import type { ExpectedLine, LogEntry } from "./case.ts";
import { filledIn, isPattern } from "./pattern.ts";

/** The module under test as it announces itself: the values of `{variant}` and `{version}`. */
export interface Identity {
  variant?: string;
  version?: string;
}

/**
 * Replaces the placeholders in expected log lines, and the patterns that take what was logged. An unknown variant or version is taken from the module's announcement.
 *
 * @param identity is updated from the announcement
 * @param logged what the module logged
 */
export function identify(
  expected: readonly ExpectedLine[],
  identity: Identity,
  logged: readonly LogEntry[],
): readonly ExpectedLine[] {
  for (const [, text] of logged) {
    const match = /^header filter (\S+) (\S+): adding /.exec(text);
    identity.variant ??= match?.[1] as string;
    identity.version ??= match?.[2] as string;
  }
  const named = (text: string): string =>
    text
      .replaceAll("{variant}", identity.variant ?? "{variant}")
      .replaceAll("{version}", identity.version ?? "{version}");
  return filledIn(
    expected.map(([level, text]): ExpectedLine => [level, isPattern(text) ? text : named(text)]),
    logged,
  );
}
