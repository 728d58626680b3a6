import { once } from "node:events";
import { connect } from "node:net";
import { Patience } from "../environment/patience.ts";
import type { Conversation } from "./input.ts";

/** How long a connection may stay open once the client has sent all, in ms. Then the client closes it: some inputs wait for more. */
const OPEN = 300;

/** Plays the client of a conversation, and waits until its connection is closed. */
export async function converse(url: URL, { client, end }: Conversation): Promise<void> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true, allowHalfOpen: true });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  socket.once("end", () => socket.end());
  await Promise.race([once(socket, "connect").catch(() => {}), closed]);
  for (const piece of client) {
    if (!socket.writable) break;
    await new Promise<void>((resolve) => {
      socket.write(piece, "latin1", () => resolve());
      socket.once("close", resolve);
    });
    // The proxy reads the next piece by itself.
    await new Promise(setImmediate);
  }
  if (end === "reset") socket.resetAndDestroy();
  else socket.end();
  const patience = new Patience(OPEN, () => socket.destroy());
  await closed;
  patience.end();
}
