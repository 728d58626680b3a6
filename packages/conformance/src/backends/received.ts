import type { Received, Scene } from "./scene.ts";
import { fromRaw } from "./wire.ts";

/**
 * Records a request as it arrives.
 *
 * @returns `done`, to be called with the body and the trailers, as Node gives them
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
