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

/**
 * The moving tags that a version of an image takes.
 *
 * @param suffix what its variant adds to tags, such as `-as`; empty for a filter with one variant
 * @param there all tags of the repository: where a newer version of the variant is among them, the tags that it has are left to it
 * @returns `X.Y-VARIANT`, `X-VARIANT` and `VARIANT` for a release, `X.Y`, `X` and `latest` without a variant; for a preview `NAME-VARIANT` or
 *   `NAME`; only those that move
 */
export function movingTags(version: string, suffix: string, there: readonly string[]): string[] {
  const channel = channelOf(version);
  const versions = there
    .filter((tag) => tag.endsWith(suffix))
    .map((tag) => tag.slice(0, tag.length - suffix.length))
    .filter((text) => valid(text) && channelOf(text) === channel);
  if (channel !== "latest") {
    return versions.every((other) => compare(other, version) <= 0) ? [`${channel}${suffix}`] : [];
  }
  const { major, minor } = parse(version) ?? { major: 0, minor: 0 };
  const newest = (range: string) => lte(maxSatisfying(versions, range) ?? version, version);
  return [
    ...(newest(`${major}.${minor}.x`) ? [`${major}.${minor}${suffix}`] : []),
    ...(newest(`${major}.x`) ? [`${major}${suffix}`] : []),
    ...(newest("*") ? [suffix === "" ? "latest" : suffix.slice(1)] : []),
  ];
}
