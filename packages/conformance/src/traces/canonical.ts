import { createHash } from "node:crypto";
import type { TraceEvent } from "@wasm-header-filter/filter-host";

/** A trace that is the same for all modules that do the same. */
export interface CanonicalTrace {
  /** Takes each event as it comes. */
  readonly take: (event: TraceEvent) => void;
  /**
   * One line for each host call: the filter and context, the callback it was made in, its arguments by name and its result.
   *
   * @param byContext puts the calls of each context together, for streams that run at the same time
   */
  readonly lines: (byContext: boolean) => string[];
}

/** Calls that the module's language runtime makes: they differ between engines. */
const ALLOCATORS = new Set(["malloc", "proxy_on_memory_allocate"]);
const CLOCK = "proxy_get_current_time_nanoseconds";

/** What differs in each run: ids of requests, the time an answer took, and the client's address, as text and in a protobuf message. */
const VARYING = [
  /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/gu,
  /(?<="x-envoy-upstream-service-time",")\d+/gu,
  /127\.0\.0\.1:\d+/gu,
  // A tag and a varint of the wire format: its bytes may be shown as any characters, where they happen to be UTF-8.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they have control characters
  /127\.0\.0\.1\x18[^\x00-\x7f]*[\x00-\x7f]/gu,
];

/** Longer texts are shown by their start and digest. */
const LIMIT = 100;

/**
 * Begins a trace: calls of Proxy-Wasm functions only, neither WASI's nor the allocator's.
 *
 * @param generated what finds values that are generated, which differ in each trace
 */
export function canonicalTrace(generated: readonly RegExp[] = []): CanonicalTrace {
  const shown = shownWithout([...VARYING, ...generated]);
  const listed = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${shown(value)}`)
      .join(", ");
  const running: string[] = [];
  const calls: { context: number; line: string }[] = [];
  return {
    take({ kind, phase, name, plugin, context, args, result, results = {} }) {
      if (kind === "callback" && !ALLOCATORS.has(name)) {
        if (phase === "enter") running.push(name);
        // A callback that trapped is left without an event.
        else running.length = running.lastIndexOf(name);
      }
      if (kind !== "call" || phase !== "leave" || !name.startsWith("proxy_") || name === CLOCK) return;
      const place = `${plugin} #${context} ${running.at(-1) ?? "start"}`;
      const came = [String(result), listed(results)].filter(Boolean).join(" ");
      calls.push({ context, line: `${place}: ${name}(${listed(args)}) -> ${came}` });
    },
    lines(byContext) {
      const ordered = byContext ? calls.toSorted((one, other) => one.context - other.context) : calls;
      return ordered.map(({ line }) => line);
    },
  };
}

function shownWithout(generated: readonly RegExp[]): (value: unknown) => string {
  const steady = (text: string): string =>
    generated.reduce((rest, pattern) => rest.replace(pattern, `<${pattern.source}>`), text);
  return (value) => {
    if (value instanceof Uint8Array) {
      const text = Buffer.from(value).toString("latin1");
      const rest = steady(text);
      return rest === text ? shortened(`0x${Buffer.from(value).toString("hex")}`) : shortened(JSON.stringify(rest));
    }
    if (typeof value === "bigint") return String(value);
    if (typeof value === "string") return shortened(JSON.stringify(anonymous(steady(value))));
    return shortened(
      steady(JSON.stringify(value, (_, inner) => (typeof inner === "string" ? steady(inner) : inner)) ?? "nothing"),
    );
  };
}

/** The announcement without variant and version. */
const anonymous = (text: string): string =>
  text.replace(/^header filter \S+ \S+: adding /, "header filter {variant} {version}: adding ");

function shortened(text: string): string {
  if (text.length <= LIMIT) return text;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `${text.slice(0, LIMIT)}… (${text.length} characters, sha256 ${digest}…)`;
}
