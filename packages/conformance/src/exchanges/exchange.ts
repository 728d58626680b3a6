/** What one side of a connection does next. */
export type Step =
  /** Sends bytes, with those of the next steps if they are sent too. */
  | { readonly kind: "send"; readonly bytes: Buffer }
  /** Waits until this side has received the bytes, after those that the last such step has found. */
  | { readonly kind: "wait"; readonly bytes: Buffer }
  /** Waits until the other side of the proxy has received the bytes. */
  | { readonly kind: "other"; readonly bytes: Buffer }
  /** What is sent next most likely arrives separately; no comparison may depend on it. */
  | { readonly kind: "next" }
  /** Sends the end of the connection, which stays open for reading. */
  | { readonly kind: "end" }
  /** Resets the connection. */
  | { readonly kind: "reset" };

/** Bytes that a client sends through a proxy, and bytes with which the upstream answers. */
export interface Exchange {
  /** `FILE / NAME`. */
  readonly title: string;
  /** Whether the proxy speaks HTTP/2 with the upstream. */
  readonly http2Upstream: boolean;
  /** Whether the client speaks HTTP/2. */
  readonly http2: boolean;
  readonly client: readonly Step[];
  /** After its steps, the client waits until it has received this. `undefined`: it does not wait. */
  readonly until: Buffer | RegExp | undefined;
  /** What the client sends last, to learn whether the connection is still of use; then it waits until the proxy closes. */
  readonly probe: Buffer | undefined;
  /** What an upstream of HTTP/2 sends before its first answer on a connection. */
  readonly start: Buffer;
  /** The upstream's steps for the first request, the second, and so on; the last ones also for all others. */
  readonly answers: readonly (readonly Step[])[];
}

/** What could be observed of an exchange, in a form in which equal behaviour is equal. */
export interface Observed {
  /** What the client received. */
  readonly client: string;
  /** What the upstream received, by connection. */
  readonly upstream: readonly string[];
  /** What the filter saw and logged, line by line. */
  readonly filter: readonly string[];
}
