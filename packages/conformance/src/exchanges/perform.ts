import type { Socket } from "node:net";
import type { Step } from "./exchange.ts";
import type { Inbox } from "./scene.ts";

/**
 * Carries out one side's steps.
 *
 * @param here what this side's connection receives
 * @param there what the other side of the proxy receives
 */
export async function perform(steps: readonly Step[], socket: Socket, here: Inbox, there: Inbox): Promise<void> {
  for (const step of steps) {
    if (step.kind === "wait") await here.find(step.bytes);
    else if (step.kind === "other") await there.has(step.bytes);
    else if (socket.destroyed) return;
    else if (step.kind === "send") await sent(socket, step.bytes);
    else if (step.kind === "end") socket.end();
    else socket.resetAndDestroy();
  }
}

/** Sends bytes, and waits until the system has them, so that the next ones come later. */
const sent = (socket: Socket, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    // It may be open no more.
    if (!socket.writable) resolve();
    else socket.write(bytes, () => resolve());
    socket.once("close", () => resolve());
  });
