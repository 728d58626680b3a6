import { compare, lte, maxSatisfying, parse, prerelease, valid } from "semver";

/**
 * What a version is published as: `latest` for a release, else the name of its preview, which is its npm dist-tag and begins its moving
 * image tags. A snapshot's is the name it was given (`0.0.0-NAME-20261122203500`), a pre-release's its first identifier (`1.0.0-next.0`).
 */
export function channelOf(version: string): string {
  const [first] = prerelease(version) ?? [];
  if (first === undefined) return "latest";
  return String(first).replace(/-\d{14}$/, "");
}

/** Whether a version is a snapshot that changesets made, of any name. */
export function isAnySnapshot(version: string): boolean {
  return /^0\.0\.0-.+-\d{14}$/.test(version);
}

/** Whether a version is a snapshot that changesets made. */
export function isSnapshot(version: string, name: string): boolean {
  return new RegExp(`^0\\.0\\.0-${name.replace(/[^\w-]/g, "\\$&")}-\\d{14}$`).test(version);
}

/**
 * The moving tags that a version of a variant takes.
 *
 * @param there all tags of the repository: where a newer version of the variant is among them, the tags that it has are left to it
 * @returns `X.Y-VARIANT`, `X-VARIANT` and `VARIANT` for a release, `NAME-VARIANT` for a preview; only those that move
 */
export function movingTags(version: string, variant: string, there: readonly string[]): string[] {
  const channel = channelOf(version);
  const versions = there
    .filter((tag) => tag.endsWith(`-${variant}`))
    .map((tag) => tag.slice(0, -variant.length - 1))
    .filter((text) => valid(text) && channelOf(text) === channel);
  if (channel !== "latest") {
    return versions.every((other) => compare(other, version) <= 0) ? [`${channel}-${variant}`] : [];
  }
  const { major, minor } = parse(version) ?? { major: 0, minor: 0 };
  const newest = (range: string) => lte(maxSatisfying(versions, range) ?? version, version);
  return [
    ...(newest(`${major}.${minor}.x`) ? [`${major}.${minor}-${variant}`] : []),
    ...(newest(`${major}.x`) ? [`${major}-${variant}`] : []),
    ...(newest("*") ? [variant] : []),
  ];
}
