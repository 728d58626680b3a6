import { BufferType } from "../abi/enums.ts";
import type { ByteBuffer } from "../http/byte-buffer.ts";
import { Constant } from "../http/constant.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { LocalReply } from "../http/local-reply.ts";
import type { FilterState, Prototype } from "../streams/filter-state.ts";
import type { StreamInfo } from "../streams/stream-info.ts";
import type { Attribute } from "./attribute.ts";
import type { CallStatus, Root } from "./root.ts";

/** A property's bytes; `unserializable` for an object; undefined if there is no such property. */
export type Property = Uint8Array | "unserializable" | undefined;

const NO_STATUS: CallStatus = { code: 0, message: "" };

/**
 * What host functions act on: the VM itself (id 0), a plugin's root, or one stream. This class is the VM's own context, which has no
 * plugin and no stream, so that most of its methods do nothing.
 */
export class Context {
  /** The status of its last failed call-out, for `proxy_get_status`. */
  status: CallStatus = NO_STATUS;
  readonly id: number;
  readonly #label: string;
  #prototypes: Map<string, Prototype> | undefined;

  /**
   * @param id unique in its VM
   * @param label the plugin's name, for logs
   */
  constructor(id: number, label: string) {
    this.id = id;
    this.#label = label;
  }

  /** The properties that it has declared; streams use those of their root context. */
  get prototypes(): Map<string, Prototype> {
    this.#prototypes ??= new Map();
    return this.#prototypes;
  }

  /** The plugin's root context, to which call-outs, ticks and queues belong. */
  get root(): Root | undefined {
    return undefined;
  }

  /** The plugin's name, for logs. */
  get label(): string {
    return this.#label;
  }

  /** Its stream, if it is a stream's context. */
  get stream(): StreamInfo | undefined {
    return undefined;
  }

  /** Whether `proxy_on_log` is running, in which reading a missing map gives NOT_FOUND. */
  get logging(): boolean {
    return false;
  }

  /** The headers or trailers of a type; undefined outside their phase. */
  map(_type: number, _access: "read" | "write"): HeaderMap | undefined {
    return undefined;
  }

  /**
   * The buffer of a type; undefined outside its phase. As nothing sets the arguments of a foreign call (`call_data`), that type gives
   * the buffer that was looked at last (envoyproxy/envoy, source/extensions/common/wasm/context.cc, getBuffer).
   */
  buffer(type: number): ByteBuffer | undefined {
    if (type === BufferType.call_data) return this.lastBuffer;
    const found = this.phaseBuffer(type);
    if (found) this.lastBuffer = found;
    return found;
  }

  /** The buffer that was looked at last. */
  protected lastBuffer: ByteBuffer = Constant.EMPTY;

  /** A buffer other than `call_data`; undefined outside its phase. */
  protected phaseBuffer(_type: number): ByteBuffer | undefined {
    return undefined;
  }

  /** An attribute of the stream or the plugin, by the first part of its path. */
  attribute(_name: string): Attribute {
    return undefined;
  }

  /** @param _path the parts, separated by zero bytes */
  property(_path: string): Property {
    return undefined;
  }

  /** The properties that filters have set on the stream, if there is one. */
  get state(): FilterState | undefined {
    return undefined;
  }

  /** Answers the client instead of the upstream. */
  sendLocalResponse(_reply: LocalReply): void {}

  /** Continues a stream that this context has stopped. @param _type one of StreamType */
  continueStream(_type: number): void {}

  /** Resets the stream or closes the connection. @param _type one of StreamType */
  closeStream(_type: number): void {}

  /** Ends a context that `proxy_on_done` has kept. @returns false if this context is not waiting for that */
  done(): boolean {
    return false;
  }

  /** Ends timers, call-outs and queues. */
  stop(): void {}
}
