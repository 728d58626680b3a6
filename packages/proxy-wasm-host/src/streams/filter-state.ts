/** How long what a filter has set stays. */
export type LifeSpan = "filter chain" | "request" | "connection";

/** What `declare_property` says of a property before it is set. */
export interface Prototype {
  /** It can be set once. */
  readonly readonly: boolean;
  readonly span: LifeSpan;
}

const DEFAULT: Prototype = { readonly: false, span: "filter chain" };

interface Entry {
  readonly value: Uint8Array;
  readonly readonly: boolean;
}

/** What filters have set on a stream or a connection (envoyproxy/envoy, source/common/stream_info/filter_state_impl.h). */
export class FilterState {
  readonly #connection: FilterState | undefined;
  readonly #entries = new Map<string, Entry>();

  /** @param connection what lives as long as the connection that a stream belongs to */
  constructor(connection?: FilterState) {
    this.#connection = connection;
  }

  get(key: string): Uint8Array | undefined {
    return this.#entries.get(key)?.value ?? this.#connection?.get(key);
  }

  /** @returns false if it is there and was declared read-only */
  set(key: string, value: Uint8Array, { readonly, span }: Prototype = DEFAULT): boolean {
    if (span === "connection" && this.#connection) return this.#connection.set(key, value, { readonly, span });
    if (this.#entries.get(key)?.readonly) return false;
    this.#entries.set(key, { value, readonly });
    return true;
  }
}
