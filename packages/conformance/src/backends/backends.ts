import type { Case } from "../cases/case.ts";
import { type ClusterServers, startClusters } from "./clusters.ts";
import { startTcpUpstream, type TcpUpstream } from "./tcp.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

/** The servers behind a proxy. */
export interface Backends {
  /** Where requests go. */
  readonly upstream: Upstream;
  /** Where TCP connections go. */
  readonly tcpUpstream: TcpUpstream;
  /** The servers of the clusters that filters call. */
  readonly clusters: ClusterServers;
  close(): Promise<void>;
}

/**
 * Starts the servers behind a proxy.
 *
 * @param cases whose clusters are needed
 */
export async function startBackends(cases: readonly Case[]): Promise<Backends> {
  const [upstream, tcpUpstream, clusters] = await Promise.all([
    startUpstream(),
    startTcpUpstream(),
    startClusters(cases),
  ]);
  return {
    upstream,
    tcpUpstream,
    clusters,
    async close() {
      await Promise.all([upstream.close(), tcpUpstream.close(), clusters.close()]);
    },
  };
}
