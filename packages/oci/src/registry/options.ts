import type { Descriptor } from "../image.ts";

/** What a config.json holds that is not in a file: that of a Secret. Nothing but Istio's agent reads it, which has no helpers. */
export interface DockerConfig {
  readonly text: string;
  /** Where it is, for messages: `Secret default/registry`. */
  readonly where: string;
}

/** A user of a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What happens while blobs move. Sizes in bytes. */
export type Progress =
  | {
      readonly kind: "blob";
      readonly direction: "push" | "pull";
      readonly blob: Descriptor;
      /** How many bytes of it were transferred. */
      readonly done: number;
      /** `exists`: it was there already; `mounted`: taken over from another repository of the registry. */
      readonly state: "moving" | "done" | "exists" | "mounted";
    }
  | {
      readonly kind: "retry";
      /** What went wrong, in one line. */
      readonly reason: string;
      /** In milliseconds. */
      readonly delay: number;
    };

/** How a registry is talked to. */
export interface RegistryOptions {
  /** Plain http to a registry that is not on this machine. */
  readonly insecure?: boolean | undefined;
  /** Certificates in PEM, trusted in addition to the system's. With them a registry on this machine is taken to speak https. */
  readonly ca?: string | Uint8Array | undefined;
  /** Used in place of those in Docker's config.json. */
  readonly credentials?: Credentials | undefined;
  /** The folder of Docker's config.json, by default `$DOCKER_CONFIG`, else `~/.docker`, else Podman's file; or what a Secret holds. */
  readonly dockerConfig?: string | DockerConfig | undefined;
  /** Whether authentication goes as in Istio's agent, by an answer to `/v2/`, and in no other way. */
  readonly handshake?: boolean | undefined;
  /** Called for what is taken here, but not by Istio's agent; once for each reason. */
  readonly refusedByIstio?: ((reason: string) => void) | undefined;
  /** Ends what is under way once it is aborted; without it nothing but each silence has a limit. */
  readonly signal?: AbortSignal | undefined;
  /** Called as things happen. */
  readonly progress?: ((event: Progress) => void) | undefined;
  /** How many times a request is sent in all while its errors are transient; 5 by default. */
  readonly attempts?: number | undefined;
  /** Waits between two attempts; by default as long as it is told, in milliseconds. */
  readonly wait?: ((delay: number) => Promise<void>) | undefined;
  /** A blob larger than this is uploaded in parts of this size, in bytes; 8 MiB by default. */
  readonly chunkSize?: number | undefined;
}
