import type { Gone, Pair } from "proxy-wasm-host";
import { MAX_HEADERS } from "../http1-codec/header-lines.ts";
import { Fault } from "./faults.ts";
import { ErrorCode } from "./frame.ts";
import { ConnectionFailure } from "./frame-reader.ts";
import { CompressionError, HpackDecoder } from "./hpack-decoder.ts";

/** Envoy's default `max_request_headers_kb`, in bytes. */
const MAX_HEADER_BYTES = 60 * 1024;

/** A header block that comes in several frames. */
interface Block {
  readonly stream: number;
  readonly opens: boolean;
  readonly end: boolean;
  readonly pairs: Pair[];
  bytes: number;
  tooLarge: Gone | undefined;
  told: boolean;
}

/** A whole header block, or the beginning of one that is too large. */
export interface Headers {
  readonly stream: number;
  /** Whether it begins its stream. */
  readonly opens: boolean;
  readonly end: boolean;
  readonly pairs: readonly Pair[];
  /** Which of Envoy's limits it is over; it has no more headers than these then. */
  readonly tooLarge: Gone | undefined;
}

/** Puts header blocks together; one that is over the limits is read, but not kept. */
export class HeaderBlocks {
  readonly #decoder = new HpackDecoder();
  #block: Block | undefined;

  /** The stream whose block is not complete. */
  get pending(): number | undefined {
    return this.#block?.stream;
  }

  begin(stream: number, opens: boolean, end: boolean): void {
    this.#block = { stream, opens, end, pairs: [], bytes: 0, tooLarge: undefined, told: false };
  }

  /**
   * Adds a fragment.
   *
   * @param last whether the block ends
   * @returns the whole block, or as soon as it is too large, its beginning; else undefined
   * @throws ConnectionFailure if the block cannot be read
   */
  add(fragment: Buffer, last: boolean): Headers | undefined {
    const block = this.#block as Block;
    try {
      this.#decoder.read(fragment, last, (name, value) => {
        block.bytes += name.length + value.length;
        if (block.bytes > MAX_HEADER_BYTES) block.tooLarge ??= Fault.largeHeaders;
        else if (block.pairs.length >= MAX_HEADERS) block.tooLarge ??= Fault.manyHeaders;
        if (!block.tooLarge) block.pairs.push([name, value]);
      });
    } catch (error) {
      if (error instanceof CompressionError) throw new ConnectionFailure(ErrorCode.compression);
      throw error;
    }
    const refused = block.tooLarge !== undefined && !block.told;
    if (!last && !refused) return undefined;
    const { told } = block;
    block.told = block.tooLarge !== undefined;
    if (last) this.#block = undefined;
    return told ? undefined : block;
  }
}
