import { type Clusters, noClusters, type Platform, standardPlatform } from "proxy-wasm-host";

/** What runs modules in a trial. */
export interface TrialHost {
  readonly platform: Platform;
  /** Call-outs to the services of these URLs, by name. */
  readonly clusters: (urls: Readonly<Record<string, URL>>) => Clusters;
}

/** The host if none is given: without compression, signatures and call-outs. */
const STANDARD: TrialHost = { platform: standardPlatform, clusters: () => noClusters };

/**
 * Loads a host.
 *
 * @param url a program that exports it as `trialHost`
 */
export async function loadHost(url: string | undefined): Promise<TrialHost> {
  if (url === undefined) return STANDARD;
  const { trialHost } = (await import(url)) as { trialHost: TrialHost };
  return trialHost;
}
