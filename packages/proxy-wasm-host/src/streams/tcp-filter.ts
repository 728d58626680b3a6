import type { ByteBuffer } from "../http/byte-buffer.ts";
import type { StreamInfo } from "./stream-info.ts";

/** How a connection ended (proxy-wasm-cpp-host, include/proxy-wasm/context_interface.h, CloseType). */
export const CloseType = { unknown: 0, local: 1, remote: 2 } as const;

/** What a filter can do with its connection. */
export interface TcpHandle {
  readonly info: StreamInfo;
  /** Continues the client's data after a filter that has stopped. */
  resume(filter: TcpFilter): void;
  /** Closes the connection after what was written is sent. */
  close(): void;
}

/** One filter of one connection. The first three return whether to continue with the next filter. */
export interface TcpFilter {
  newConnection(): boolean;
  downstreamData(data: ByteBuffer, end: boolean): boolean;
  upstreamData(data: ByteBuffer, end: boolean): boolean;
  /** The client's connection has closed. @param type one of CloseType */
  closed(type: number): void;
}

const pass = (): boolean => true;

/** Takes the place of a filter that is left out. */
export const PASSING: TcpFilter = { newConnection: pass, downstreamData: pass, upstreamData: pass, closed: () => {} };

/** Takes the place of a filter that could not be loaded: closes every connection. */
export const refusing = (handle: TcpHandle): TcpFilter => ({
  ...PASSING,
  newConnection: () => {
    handle.close();
    return false;
  },
});
