/** The Envoy versions whose host functions are known here, oldest first. */
export const ENVOY_VERSIONS = ["1.36", "1.37", "1.38", "1.39", "1.40"] as const;

/** A version of Envoy that is known here. */
export type EnvoyVersion = (typeof ENVOY_VERSIONS)[number];

/** The newest of them, which this host behaves like. */
export const NEWEST_ENVOY: EnvoyVersion = ENVOY_VERSIONS[ENVOY_VERSIONS.length - 1] ?? ENVOY_VERSIONS[0];

/** Whether an Envoy is as new as another, or newer. */
export const isSince = (envoy: EnvoyVersion, since: EnvoyVersion): boolean =>
  ENVOY_VERSIONS.indexOf(envoy) >= ENVOY_VERSIONS.indexOf(since);

/**
 * Reads the version of an Envoy: `1.40`, `1.40.0` or `v1.40`.
 *
 * @returns undefined for a version that is not known here
 */
export function envoyVersion(text: string): EnvoyVersion | undefined {
  const line = /^v?(\d+\.\d+)(\.\d+)?$/.exec(text)?.[1];
  return ENVOY_VERSIONS.find((version) => version === line);
}
