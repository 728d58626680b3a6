/** How long a value that a filter has set is kept. */
export type LifeSpan = "filter chain" | "request" | "connection";

/** What `declare_property` declares about a property before it is set. */
export interface Prototype {
  /** Whether it can be set only once. */
  readonly readonly: boolean;
  readonly span: LifeSpan;
}

const DEFAULT: Prototype = { readonly: false, span: "filter chain" };

interface Entry {
  readonly value: Uint8Array;
  readonly readonly: boolean;
}

/** The properties that filters have set on a stream or a connection (envoyproxy/envoy, source/common/stream_info/filter_state_impl.h). */
export class FilterState {
  readonly #connection: FilterState | undefined;
  readonly #entries = new Map<string, Entry>();

  /** @param connection the state of the stream's connection; left out for a connection's own state */
  constructor(connection?: FilterState) {
    this.#connection = connection;
  }

  /** @returns a property's value; undefined if it is not set */
  get(key: string): Uint8Array | undefined {
    return this.#entries.get(key)?.value ?? this.#connection?.get(key);
  }

  /** Sets a property. @returns false if it is set already and was declared read-only */
  set(key: string, value: Uint8Array, { readonly, span }: Prototype = DEFAULT): boolean {
    if (span === "connection" && this.#connection) return this.#connection.set(key, value, { readonly, span });
    if (this.#entries.get(key)?.readonly) return false;
    this.#entries.set(key, { value, readonly });
    return true;
  }
}
