import type { HeaderMap } from "proxy-wasm-host";

/** What is kept of a request so that it can be sent again. */
export class RequestCopy {
  readonly #limit: number;
  #size = 0;
  readonly chunks: Uint8Array[] = [];
  trailers: HeaderMap | undefined;

  /** @param limit how many bytes of the body are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keeps a part of the body; false if it is too large then. */
  add(bytes: Uint8Array): boolean {
    this.#size += bytes.length;
    if (this.#size > this.#limit) return false;
    if (bytes.length > 0) this.chunks.push(bytes);
    return true;
  }
}
