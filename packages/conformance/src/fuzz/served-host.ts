// A process with filter-host in it, for fuzzers: an input that ends it must not end the fuzzer.
import "@wasm-header-filter/cli/exit";
import { startHost } from "@wasm-header-filter/filter-host";
import { observer } from "../exchanges/filter.ts";
import { usedMemory } from "./used-memory.ts";

/** What the fuzzer sends; it gets a {@link HostState} for it. */
export type HostQuestion = "state";

/** What there is in the process after garbage collection. */
export interface HostState {
  /** Bytes of JavaScript objects and buffers. */
  readonly memory: number;
  /** Open sockets, listeners included. */
  readonly sockets: number;
  /** Lines that filter-host logged since the last question. */
  readonly lines: number;
  /** Those of them that report an exception in filter-host itself. */
  readonly internal: readonly string[];
}

/** What the process sends first. */
export interface HostStarted {
  readonly url: string;
}

let lines = 0;
let internal: string[] = [];
const host = await startHost({
  plugins: [{ name: "observer", module: observer() }],
  upstream: new URL(process.argv[2] ?? ""),
  log: ({ source, message }) => {
    if (source === "filter") return;
    lines++;
    if (/^internal error/.test(message)) internal.push(message);
  },
});

function state(): HostState {
  const memory = usedMemory();
  const sockets = process.getActiveResourcesInfo().filter((name) => /^TCP/.test(name)).length;
  const found = { memory, sockets, lines, internal };
  [lines, internal] = [0, []];
  return found;
}

process.on("message", () => process.send?.(state()));
// The fuzzer has ended.
process.on("disconnect", () => process.exit());
process.send?.({ url: host.url.href } satisfies HostStarted);
