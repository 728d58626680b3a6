import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ignore } from "proxy-wasm-host";

/**
 * Gives a connection that Node's parser has let go of, after CONNECT or an upgrade, a response; it can carry no second request.
 *
 * @param begin is given the response once those to earlier requests on the connection are sent; is not called if that fails
 */
export function assignConnection(req: IncomingMessage, socket: Socket, begin: (res: ServerResponse) => void): void {
  // Node's own listener is gone, too.
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
