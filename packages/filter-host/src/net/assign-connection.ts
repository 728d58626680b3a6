import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ignore } from "proxy-wasm-host";

/**
 * Creates the response on a connection that Node's parser has released after CONNECT or an upgrade; no second request can follow.
 *
 * @param begin called with the response once the earlier responses on the connection are sent; not called if that fails
 */
export function assignConnection(req: IncomingMessage, socket: Socket, begin: (res: ServerResponse) => void): void {
  // Node has removed its own listener.
  socket.on("error", ignore);
  const assign = (): void => {
    const { _httpMessage: earlier } = socket as { _httpMessage?: ServerResponse };
    if (earlier) {
      earlier.once("close", assign);
      return;
    }
    if (socket.destroyed) return;
    const res = new ServerResponse(req);
    res.assignSocket(socket);
    res.shouldKeepAlive = false;
    res.on("finish", () => socket.end());
    begin(res);
  };
  assign();
}
