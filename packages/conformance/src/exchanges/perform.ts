import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Step } from "./exchange.ts";
import type { Inbox } from "./scene.ts";

/**
 * Carries out one side's steps. What is sent without another step in between goes out at once.
 *
 * @param here what this side's connection receives
 * @param there what the other side of the proxy receives
 */
export async function perform(steps: readonly Step[], socket: Socket, here: Inbox, there: Inbox): Promise<void> {
  let gathered: Buffer[] = [];
  const flush = () => {
    if (gathered.length > 0 && socket.writable) socket.write(Buffer.concat(gathered));
    gathered = [];
  };
  for (const step of steps) {
    if (step.kind === "send") {
      gathered.push(step.bytes);
      continue;
    }
    flush();
    if (step.kind === "wait") await here.find(step.bytes);
    else if (step.kind === "other") await there.has(step.bytes);
    else if (step.kind === "next") await delay(1);
    else if (step.kind === "end") socket.end();
    else socket.resetAndDestroy();
  }
  flush();
}
