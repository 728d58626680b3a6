import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Patience } from "../environment/patience.ts";

/** The longest time without data, in ms: many times what a busy machine needs. */
const PATIENCE = 15_000;

/** The pause after a chunk, in ms, so that chunks usually arrive separately. No expectation depends on it. */
const PAUSE = 10;

/** A TCP server that records what it receives and, when the other side half-closes, sends its answer and ends. */
export interface TcpUpstream {
  readonly url: URL;
  /**
   * Sets the answer to the next connections.
   *
   * @returns what they receive, once they have ended
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
 * Opens a connection, sends some chunks and half-closes.
 *
 * @returns what was received until the other side ended
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

/** All data until the connection ends, also by an error. */
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
