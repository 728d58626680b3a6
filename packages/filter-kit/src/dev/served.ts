import type { HostPort } from "@wasm-header-filter/cli";
import type { Project } from "../project.ts";

/** Where a filter is served, and before what. */
export interface ServeOptions {
  readonly upstream: URL;
  /** The services that the filter calls, by the names of their clusters. */
  readonly clusters: Readonly<Record<string, URL>>;
  readonly listen: HostPort;
  readonly admin: HostPort;
  /** Whether requests wait until they are released on the page. */
  readonly paused: boolean;
  /** Called once a module serves requests. */
  readonly serves: (module: string) => void;
  readonly log: (level: string, message: string) => void;
}

/** A proxy that a filter runs in. */
export interface Served {
  readonly url: URL;
  /** Where its page or its admin server is, with what that is. */
  readonly admin: string;
  /**
   * Swaps the module, or takes another configuration, under running requests.
   *
   * @param module its file, absolute
   * @throws Failure if the proxy refuses it; the last one stays then
   */
  use(module: string, project: Project): Promise<void>;
  /** Shows what is wrong with the last build, if there is a page; undefined if nothing is. */
  notice(text: string | undefined): void;
  /** Resolves once the process got SIGINT or SIGTERM, and requests in flight have ended. */
  ended(): Promise<void>;
  close(): Promise<void>;
}
