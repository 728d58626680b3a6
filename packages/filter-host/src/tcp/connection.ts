import type { Socket } from "node:net";
import {
  Body,
  type ChainPlugin,
  CloseType,
  type Contain,
  ignore,
  type StreamInfo,
  type TcpFilter,
  type TcpHandle,
} from "proxy-wasm-host";

/** How many bytes a filter can hold back before reading pauses: Envoy's default `per_connection_buffer_limit_bytes`. */
const BUFFER_LIMIT = 1024 * 1024;

/** A filter, and whether it has seen the new connection. */
interface Stage {
  readonly filter: TcpFilter;
  greeted: boolean;
}

const NOTHING = Buffer.alloc(0);

/**
 * A client's connection that passes all filters to the upstream and back (envoyproxy/envoy,
 * source/common/network/filter_manager_impl.cc and source/common/tcp_proxy/tcp_proxy.cc). Data that a filter holds back is passed to all
 * filters again, together with the data that has arrived since.
 */
export class TcpConnection implements TcpHandle {
  readonly info: StreamInfo;
  readonly #client: Socket;
  readonly #connect: () => Socket;
  readonly #contain: Contain;
  readonly #stages: readonly Stage[];
  #upstream: Socket | undefined;
  #fromClient = new Body();
  #fromUpstream = new Body();
  #clientEnded = false;
  /** Whether the end of the client's data has been forwarded. */
  #endForwarded = false;
  #closing = false;
  #closeType: number = CloseType.remote;

  /**
   * @param client the client's socket, paused
   * @param connect opens a connection to the upstream
   * @param contain wraps listeners: an exception closes the client's connection, which also closes the upstream's and the filters
   */
  constructor(
    plugins: readonly ChainPlugin[],
    info: StreamInfo,
    client: Socket,
    connect: () => Socket,
    contain: Contain,
  ) {
    this.info = info;
    this.#contain = contain;
    this.#client = client;
    this.#connect = connect;
    this.#stages = plugins.map((plugin) => ({ filter: plugin.newConnection(this), greeted: false }));
    const receive = contain("the client's data", (chunk: Buffer) => this.#received(chunk));
    const ended = contain("the client's end", () => {
      this.#clientEnded = true;
      this.#read(0);
    });
    const drained = contain("the client's draining", () => this.#upstream?.resume());
    const closed = contain("the client's close", () => this.#closed());
    client.on("data", receive).on("end", ended).on("drain", drained).on("close", closed);
    client.pause();
    this.#read(0);
  }

  resume(filter: TcpFilter): void {
    const read = this.#contain("a filter's resuming", () =>
      this.#read(this.#stages.findIndex((stage) => stage.filter === filter) + 1),
    );
    read();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#closeType = CloseType.local;
    this.#client.destroySoon();
    this.#upstream?.destroySoon();
  }

  #received(chunk: Buffer): void {
    this.info.requestSize += chunk.length;
    this.#fromClient.append(new Body(chunk));
    this.#read(0);
    if (this.#fromClient.length > BUFFER_LIMIT) this.#client.pause();
  }

  /** Passes the client's data to the filters, starting with one of them, and then to the upstream. */
  #read(from: number): void {
    for (const stage of this.#stages.slice(from)) {
      if (this.#closing) return;
      if (!stage.greeted) {
        stage.greeted = true;
        if (!stage.filter.newConnection()) return;
      }
      const some = this.#fromClient.length > 0 || (this.#clientEnded && !this.#endForwarded);
      if (some && !stage.filter.downstreamData(this.#fromClient, this.#clientEnded)) return;
    }
    if (!this.#closing) this.#forward();
  }

  #forward(): void {
    const upstream = this.#upstream ?? this.#dial();
    const bytes = this.#fromClient.bytes();
    this.#fromClient = new Body();
    if (bytes.length > 0 && !upstream.write(bytes)) this.#client.pause();
    else if (!upstream.connecting) this.#client.resume();
    if (!this.#clientEnded || this.#endForwarded) return;
    this.#endForwarded = true;
    upstream.end();
  }

  #dial(): Socket {
    const upstream = this.#connect();
    this.#upstream = upstream;
    let ended = false;
    upstream.on("error", ignore);
    const connected = this.#contain("the upstream's connection", () => {
      this.info.connected({ address: upstream.localAddress ?? "", port: upstream.localPort ?? 0 });
      this.#client.resume();
    });
    const receive = this.#contain("the upstream's data", (chunk: Buffer) => this.#write(chunk, false));
    const last = this.#contain("the upstream's end", () => {
      ended = true;
      this.#write(NOTHING, true);
    });
    const drained = this.#contain("the upstream's draining", () => this.#client.resume());
    const closed = this.#contain("the upstream's close", () => {
      if (ended || this.#closing) return;
      // Without an orderly end, the client's connection is reset, too.
      this.#closing = true;
      this.#closeType = CloseType.local;
      this.#client.resetAndDestroy();
    });
    upstream.on("connect", connected).on("data", receive).on("end", last).on("drain", drained).on("close", closed);
    return upstream;
  }

  /** Passes the upstream's data to the filters, the last one first, and then to the client. */
  #write(chunk: Buffer, end: boolean): void {
    this.#fromUpstream.append(new Body(chunk));
    for (const { filter } of this.#stages.toReversed()) {
      if (this.#closing) return;
      if (!filter.upstreamData(this.#fromUpstream, end)) {
        if (this.#fromUpstream.length > BUFFER_LIMIT) this.#upstream?.pause();
        return;
      }
    }
    if (this.#closing) return;
    const bytes = this.#fromUpstream.bytes();
    this.#fromUpstream = new Body();
    this.info.responseSize += bytes.length;
    if (bytes.length > 0 && !this.#client.write(bytes)) this.#upstream?.pause();
    if (!end) return;
    // The side that ends its half last closes the connection.
    if (this.#clientEnded) this.#closeType = CloseType.local;
    this.#client.end();
  }

  #closed(): void {
    this.#closing = true;
    this.info.complete();
    this.#upstream?.destroySoon();
    for (const { filter } of this.#stages) this.#contain("a filter's close", () => filter.closed(this.#closeType))();
  }
}
