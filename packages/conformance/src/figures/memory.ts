import { setImmediate as turn } from "node:timers/promises";
import { embed } from "@wasm-header-filter/filter-host";
import { CONFIGURATION, exchange } from "./per-request.ts";

/** The size of a module's linear memory in bytes. */
export interface MemoryFigures {
  /** Once it is configured. */
  readonly start: number;
  /** After so many requests as were asked for. */
  readonly later: number;
}

const PAGE = 65_536;

/**
 * Measures a module's linear memory on filter-host, without sockets.
 *
 * @param requests how many it serves between the two measurements
 */
export async function memoryFigures(module: Uint8Array, requests: number): Promise<MemoryFigures> {
  const embedded = embed({ plugins: [{ name: "measured", module, configuration: CONFIGURATION }] });
  const size = () => (embedded.plugins[0]?.memoryPages ?? 0) * PAGE;
  const start = size();
  for (let at = 0; at < requests; at++) {
    exchange(embedded.openStream());
    if (at % 10_000 === 0) await turn();
  }
  const later = size();
  embedded.close();
  return { start, later };
}
