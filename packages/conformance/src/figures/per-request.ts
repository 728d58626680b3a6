import { type EmbeddedStream, embed, type Message, tryModule } from "@wasm-header-filter/filter-host";
import { METER, metered } from "./metered.ts";

/** Two headers, as in the lab. */
export const CONFIGURATION = Buffer.from('{"header_1":"some_value_1","header_2":"another_value"}');

/** What one request costs: counts, the same on every machine. */
export interface CountedRequest {
  /** The host functions that the module calls, in order. */
  readonly hostCalls: readonly string[];
  /** The exports that the host calls, its allocator among them, in order. */
  readonly entries: readonly string[];
  /** WebAssembly instructions executed in the module, as {@link metered} counts them: the median of {@link SAMPLE} requests. */
  readonly instructions: number;
  /** Their sum over {@link SAMPLE} requests, with what happens only now and then (collecting garbage). */
  readonly instructionsOf1000: number;
}

/** By kind of request: `without hello`, `with hello`. */
export type CountedRequests = Readonly<Record<string, CountedRequest>>;

/** Requests that are measured, and those before them that aren't. */
const SAMPLE = 1000;
const BEFORE = 100;

const REQUEST: Message["headers"] = [
  [":method", "GET"],
  [":path", "/headers"],
  [":authority", "httpbin:8000"],
  [":scheme", "http"],
  ["user-agent", "conformance"],
];
const RESPONSE: Message["headers"] = [
  [":status", "200"],
  ["content-type", "application/json"],
];
const KINDS: readonly (readonly [name: string, headers: Message["headers"]])[] = [
  ["without hello", REQUEST],
  ["with hello", [...REQUEST, ["hello", "something"]]],
];

/**
 * Counts what requests cost in a module, with {@link CONFIGURATION}.
 *
 * @throws Failure if the module has an opcode that isn't known
 */
export async function requestCosts(module: Uint8Array): Promise<CountedRequests> {
  const { requests } = await tryModule(module, CONFIGURATION);
  const counting = metered(module);
  return Object.fromEntries(
    KINDS.map(([name, headers]) => {
      const crossings = requests.find((request) => request.name === name);
      const counts = instructionCounts(counting, headers);
      const cost: CountedRequest = {
        hostCalls: crossings?.calls ?? [],
        entries: crossings?.entries ?? [],
        instructions: counts.toSorted((one, other) => one - other)[SAMPLE / 2] ?? 0,
        instructionsOf1000: counts.reduce((sum, count) => sum + count, 0),
      };
      return [name, cost];
    }),
  );
}

/** The instructions of each of the sample's requests, from the end of the one before to its own. */
function instructionCounts(counting: Uint8Array, headers: Message["headers"]): number[] {
  const readings: number[] = [];
  const embedded = embed({
    plugins: [{ name: "counted", module: counting, configuration: CONFIGURATION }],
    trace: ({ kind, phase, name, result }) => {
      if (kind === "callback" && phase === "leave" && name === METER) readings.push(Number(result));
    },
  });
  for (let at = 0; at <= BEFORE + SAMPLE; at++) exchange(embedded.openStream(), headers);
  const counted = readings.slice(0, BEFORE + SAMPLE + 1);
  embedded.close();
  // The meter has 32 bits and may pass its end.
  return counted.map((reading, at) => (reading - (readings[at - 1] ?? 0)) >>> 0).slice(-SAMPLE);
}

/** One request and its answer. */
export function exchange(stream: EmbeddedStream, headers: Message["headers"] = REQUEST): void {
  stream.request({ headers });
  stream.respond({ headers: RESPONSE, body: Buffer.from("{}") });
  stream.end();
}
