import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Patience } from "../environment/patience.ts";

/** How long nothing may happen on a connection, in ms: many times what a busy machine needs. */
const PATIENCE = 15_000;

/** How long a chunk waits so that it comes by itself, in ms; that it may not makes no difference to what is expected. */
const PAUSE = 10;

/** A TCP server that notes what comes and, when the other side has ended, sends its answer and ends too. */
export interface TcpUpstream {
  readonly url: URL;
  /**
   * Sets what the next connections are answered.
   *
   * @returns what comes on them, once they have ended
   */
  play(answer: readonly Uint8Array[]): () => Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Starts a TCP server on a free port of 127.0.0.1. */
export async function startTcpUpstream(): Promise<TcpUpstream> {
  let answer: readonly Uint8Array[] = [];
  let came: Promise<Uint8Array>[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    const chunks = answer;
    came.push(
      received(socket).then(async (bytes) => {
        await sendChunks(socket, chunks);
        return bytes;
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    play(chunks) {
      answer = chunks;
      const here: Promise<Uint8Array>[] = [];
      came = here;
      return async () => Buffer.concat(await Promise.all(here));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/**
 * Opens a connection, sends some chunks and ends its side.
 *
 * @returns what came back until the other side ended too
 */
export async function converse(url: URL, chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true, noDelay: true });
  const [bytes] = await Promise.all([received(socket), sendChunks(socket, chunks)]);
  socket.destroy();
  return bytes;
}

async function sendChunks(socket: Socket, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) {
    if (socket.destroyed) return;
    socket.write(chunk);
    await delay(PAUSE);
  }
  socket.end();
}

/** All that comes; a connection that is broken ends too. */
function received(socket: Socket): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const patience = new Patience(PATIENCE, () => socket.destroy());
    const end = () => {
      patience.end();
      resolve(Buffer.concat(chunks));
    };
    socket.on("data", (chunk) => {
      patience.refresh();
      chunks.push(chunk);
    });
    socket.on("error", end);
    socket.on("end", end);
    socket.on("close", end);
  });
}
