import type { Pair } from "../abi/pairs.ts";

/** A request or a response as a whole. */
export interface Message {
  /** With the pseudo-headers (`:method`, `:path`, `:authority`; `:status`). Strings hold one byte per character (latin1). */
  readonly headers: readonly Pair[];
  /** Left out: no body. */
  readonly body?: Uint8Array | undefined;
  /** Left out: no trailers. */
  readonly trailers?: readonly Pair[] | undefined;
}
