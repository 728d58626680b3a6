import type { Received, Scene } from "./scene.ts";
import { fromRaw } from "./wire.ts";

/**
 * Notes a request as it comes in.
 *
 * @returns what is to be told once its body has come, with the trailers as Node gives them
 */
export function receive(
  scene: Scene,
  head: Pick<Received, "method" | "path" | "headers">,
): { done: (chunks: readonly Buffer[], rawTrailers: readonly string[]) => void } {
  const entry: { -readonly [K in keyof Received]: Received[K] } = { ...head, trailers: [], body: Buffer.of() };
  scene.received.push(entry);
  scene.upstreamHas.add(1);
  return {
    done: (chunks, rawTrailers) => {
      entry.body = Buffer.concat(chunks);
      entry.trailers = fromRaw(rawTrailers);
    },
  };
}
