import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Conversation } from "./input.ts";

/** What every probe is answered with. */
const PROBED = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** The upstream of a fuzzed proxy. It answers probes correctly, and all other requests as the conversations say, one after the other. */
export interface FuzzUpstream {
  readonly url: URL;
  /** Sets the conversations of the next connections. */
  play(conversations: readonly Conversation[]): void;
  /** Closes all of its connections. */
  hangUp(): void;
  close(): Promise<void>;
}

/** The path of requests that ask whether the proxy still serves. */
export const PROBE = "/probe";

/** Starts the upstream on a free port of 127.0.0.1. */
export async function startFuzzUpstream(): Promise<FuzzUpstream> {
  let conversations: readonly Conversation[] = [];
  let next = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("end", () => socket.end());
    socket.on("data", (chunk) => {
      if (chunk.includes(`GET ${PROBE} `)) return void socket.write(PROBED);
      const conversation = conversations[next++ % conversations.length];
      for (const piece of conversation?.upstream ?? []) socket.write(piece, "latin1");
      if (conversation?.upstreamEnd === "fin") socket.end();
      if (conversation?.upstreamEnd === "reset") socket.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    play(list) {
      [conversations, next] = [list, 0];
    },
    hangUp,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        hangUp();
      }),
  };
}
