import { hex } from "../abi/bytes.ts";
import type { TraceEvent } from "./tracer.ts";

/**
 * Prints a trace as text: `==>` and `<==` for host calls of the module and their returns, `-->` and `<--` for callbacks, indented by
 * their depth.
 *
 * @param print gets one line
 * @returns what to give as `trace`
 */
export function traceText(print: (line: string) => void): (event: TraceEvent) => void {
  let depth = 0;
  return ({ kind, phase, name, plugin, args, result, results = {} }) => {
    const [there, back] = kind === "call" ? ["==>", "<=="] : ["-->", "<--"];
    if (phase === "enter") {
      print(`${plugin} ${"  ".repeat(depth++)}${there} ${name}(${listed(args, ",")})`);
      return;
    }
    depth = Math.max(0, depth - 1);
    const shown = [result === undefined ? "" : String(result), listed(results, " ")].filter(Boolean).join(" ");
    print(`${plugin} ${"  ".repeat(depth)}${back} ${shown}`.trimEnd());
  };
}

const listed = (values: Readonly<Record<string, unknown>>, separator: string): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(separator);

/** How many characters of a value are shown. */
const LONGEST = 200;

function shown(value: unknown): string {
  if (value instanceof Uint8Array)
    return `0x${hex(value.subarray(0, LONGEST / 2))}${value.length > LONGEST / 2 ? "..." : ""}`;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} characters)` : text;
  return /[\n\r]/.test(short) ? JSON.stringify(short) : short;
}
