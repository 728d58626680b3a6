import { createServer, type Server } from "node:net";
import { brokenText, containing, ignore, quietly, type Runtime, StreamInfo } from "proxy-wasm-host";
import type { Dialer } from "../net/dialer.ts";
import { hostOf, portOf } from "../net/upstream-address.ts";
import { connectionOf } from "../proxy/connection-of.ts";
import { TcpConnection } from "./connection.ts";

/**
 * Creates a TCP proxy whose connections pass the runtime's filters.
 *
 * @param dialer opens the connections to the upstream
 */
export function createTcpProxy(runtime: Runtime, upstream: URL, dialer: Dialer): Server {
  const peer = { address: hostOf(upstream), port: portOf(upstream) };
  return createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    // The `close` event also reports a client that disconnects.
    client.on("error", ignore);
    const contain = containing((event, error) => {
      client.destroy();
      quietly(() => runtime.report("error", brokenText(event, error)));
    });
    const begin = contain("a new connection", () => {
      const info = new StreamInfo(connectionOf(client));
      const dial = () => {
        info.routed(peer);
        return dialer.tcp(upstream);
      };
      new TcpConnection(runtime.plugins, info, client, dial, contain);
    });
    begin();
  });
}
