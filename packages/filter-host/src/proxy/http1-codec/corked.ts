import type { Socket } from "node:net";

const corked = new WeakSet<Socket>();

/** Collects what is written to a socket until the end of this turn of the event loop, so that it is sent at once. */
export function cork(socket: Socket): void {
  if (corked.has(socket)) return;
  corked.add(socket);
  socket.cork();
  process.nextTick(() => {
    flush(socket);
  });
}

/** Sends at once what {@link cork} has collected. */
export function flush(socket: Socket): void {
  if (corked.delete(socket)) socket.uncork();
}
