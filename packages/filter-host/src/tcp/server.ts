import { connect, createServer, type Server } from "node:net";
import { type Runtime, StreamInfo } from "proxy-wasm-host";
import { connectionOf } from "../proxy/connection-of.ts";
import { TcpConnection } from "./connection.ts";

/** A TCP proxy whose connections go through the runtime's filters. */
export function createTcpProxy(runtime: Runtime, upstream: URL): Server {
  const peer = { address: upstream.hostname.replace(/^\[|\]$/g, ""), port: Number(upstream.port || 80) };
  return createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const info = new StreamInfo(connectionOf(client));
    new TcpConnection(runtime.plugins, info, client, () => {
      info.routed(peer);
      return connect({ host: peer.address, port: peer.port, allowHalfOpen: true });
    });
  });
}
