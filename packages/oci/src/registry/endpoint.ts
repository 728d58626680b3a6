import { formatReference, type Reference } from "../reference.ts";
import type { RegistryOptions } from "./options.ts";

/** The address of a repository's registry. */
export interface Endpoint {
  /** The repository's name as the user wrote it, for messages. */
  readonly name: string;
  /** The registry as image names and Docker's config.json have it. */
  readonly host: string;
  /** Scheme, host and port of its API. */
  readonly origin: string;
  /** The repository as the registry knows it. */
  readonly repository: string;
}

/** The names that mean Docker Hub (distribution/reference normalize.go); registry-1.docker.io, which answers for it, is one of its own. */
const DOCKER_HUB = ["docker.io", "index.docker.io"];

/**
 * Finds a repository's registry: Docker Hub where none is named, https unless it is on this machine or `insecure` is set.
 *
 * @param reference its tag and digest don't matter
 */
export function endpointOf(reference: Reference, { insecure, ca }: Pick<RegistryOptions, "insecure" | "ca">): Endpoint {
  const { registry: host = "docker.io", repository } = reference;
  const name = formatReference({ ...(reference.registry && { registry: reference.registry }), repository });
  if (DOCKER_HUB.includes(host)) {
    // One-word names on Docker Hub are its official images.
    const full = repository.includes("/") ? repository : `library/${repository}`;
    return { name, host: "docker.io", origin: "https://registry-1.docker.io", repository: full };
  }
  const plain = ca === undefined && (insecure || isLoopback(new URL(`http://${host}`).hostname));
  return { name, host, origin: new URL(`${plain ? "http" : "https"}://${host}`).origin, repository };
}

/** Whether a URL's host name can only be this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
}
