import type { ByteBuffer } from "../http/byte-buffer.ts";
import type { StreamInfo } from "./stream-info.ts";

/** How a connection ended (proxy-wasm-cpp-host, include/proxy-wasm/context_interface.h, CloseType). */
export const CloseType = { unknown: 0, local: 1, remote: 2 } as const;

/** What a filter may do to the connection it is part of. */
export interface TcpHandle {
  readonly info: StreamInfo;
  /** What the client sends goes on behind this filter. */
  resume(filter: TcpFilter): void;
  /** Ends the connection once what was written is sent. */
  close(): void;
}

/** One filter's part in one connection; each of the first three tells whether to go on. */
export interface TcpFilter {
  newConnection(): boolean;
  downstreamData(data: ByteBuffer, end: boolean): boolean;
  upstreamData(data: ByteBuffer, end: boolean): boolean;
  /** The client's connection is over, and with it all. */
  closed(type: number): void;
}

const pass = (): boolean => true;

/** What stands where a filter is passed by. */
export const PASSING: TcpFilter = { newConnection: pass, downstreamData: pass, upstreamData: pass, closed: () => {} };

/** What stands where a filter should that could not be loaded: no connection lives. */
export const refusing = (handle: TcpHandle): TcpFilter => ({
  ...PASSING,
  newConnection: () => {
    handle.close();
    return false;
  },
});
