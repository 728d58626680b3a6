import type { ByteBuffer } from "../http/byte-buffer.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { LocalReply } from "../http/local-reply.ts";
import type { FilterState, Prototype } from "../streams/filter-state.ts";
import type { StreamInfo } from "../streams/stream-info.ts";
import type { CallStatus, Root } from "./root.ts";

/** A property's bytes; `unserializable` for an object as a whole; undefined if there is none. */
export type Property = Uint8Array | "unserializable" | undefined;

const NO_STATUS: CallStatus = { code: 0, message: "" };

/**
 * What host functions act on: the VM itself (id 0), a plugin's root, or one stream. This one is the VM's, which has no plugin and
 * no stream, so most of what can be asked of a context comes to nothing here.
 */
export class Context {
  /** The outcome of its last call-out that failed: what `proxy_get_status` tells. */
  status: CallStatus = NO_STATUS;
  readonly id: number;
  readonly #label: string;
  #prototypes: Map<string, Prototype> | undefined;

  /** @param label the plugin's name, for logs */
  constructor(id: number, label: string) {
    this.id = id;
    this.#label = label;
  }

  /** What it has declared of properties; a stream's go by its root context's. */
  get prototypes(): Map<string, Prototype> {
    this.#prototypes ??= new Map();
    return this.#prototypes;
  }

  /** The plugin's own context, which call-outs, ticks and queues belong to. */
  get root(): Root | undefined {
    return undefined;
  }

  /** The plugin's name, for logs. */
  get label(): string {
    return this.#label;
  }

  /** The stream that it is of, if it is a stream's. */
  get stream(): StreamInfo | undefined {
    return undefined;
  }

  /** Whether a stream's log is being written, in which what is not there is just not found. */
  get logging(): boolean {
    return false;
  }

  /** The headers or trailers of a kind, or undefined where the phase they belong to is not now. */
  map(_type: number, _access: "read" | "write"): HeaderMap | undefined {
    return undefined;
  }

  /** The bytes of a kind, or undefined where the phase they belong to is not now. */
  buffer(_type: number): ByteBuffer | undefined {
    return undefined;
  }

  property(_path: string): Property {
    return undefined;
  }

  /** What filters have set on the stream, if there is one. */
  get state(): FilterState | undefined {
    return undefined;
  }

  sendLocalResponse(_reply: LocalReply): void {}

  /** @param _type one of StreamType */
  continueStream(_type: number): void {}

  /** @param _type one of StreamType */
  closeStream(_type: number): void {}

  /** @returns false if nobody waits for this context to be done */
  done(): boolean {
    return false;
  }

  /** Ends what goes on in the background. */
  stop(): void {}
}
