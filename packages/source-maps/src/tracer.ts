import { decodedMappings, type EncodedSourceMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { SCRIPT } from "./engine-map.ts";

/** A position in the script of a module, as QuickJS (`function.mjs`) and quickjs-ng (`/filter.js`) name it in a stack. */
const IN_SCRIPT = /(?:\bfunction\.mjs|\/?\bfilter\.js):(\d{1,9}):(\d{1,9})\b/g;

/**
 * A byte of a module, as V8 names it in the stack of a trap (WebAssembly Web API, "Conventions"), and as Envoy's backtrace has it, one line
 * each: `  0:  0x1a2b - NAME`. Logs in JSON have the escape sequence instead of the line break.
 */
const IN_MODULE =
  /(?:\bwasm:\/\/wasm\/[\w.-]{1,99}:)?\bwasm-function\[\d{1,9}\]:0x([0-9a-f]{1,8})\b|(?<=(?:^|\\n) {0,2}\d{1,3}: {1,2})0x([0-9a-f]{1,8})(?= - )/gm;

/**
 * Reads the source map of a filter's module.
 *
 * @param map the content of FILE.wasm.map, which the module's build has written
 * @returns a function that replaces each position in the module or its script, in a text of any length, by the one in the sources, such
 *   as `guard.ts:12:7`, after the function's name if the map has it; positions that the map doesn't know stay
 * @throws Error if it is no source map
 */
export function tracer(map: string): (text: string) => string {
  const input = readMap(map);
  // asc names a root that its sources don't have.
  const trace = new TraceMap({ ...input, sourceRoot: "" });
  // Decoded here, so that a map that is broken throws here.
  decodedMappings(trace);
  const find = (line: number, column: number) => {
    const { source, line: row, column: at, name } = originalPositionFor(trace, { line, column });
    return source ? { name, place: `${source}:${row}:${at + 1}` } : undefined;
  };
  if (input.file === SCRIPT) {
    return (text) =>
      text.replace(IN_SCRIPT, (whole, line, column) => {
        if (line < 1 || column < 1) return whole;
        // Columns of a stack start at 1, those of a map at 0. Names are variables' here, and the stack has the function's.
        return find(Number(line), Number(column) - 1)?.place ?? whole;
      });
  }
  return (text) =>
    text.replace(IN_MODULE, (whole, offset, listed) => {
      const found = find(1, Number.parseInt(offset ?? listed, 16));
      if (!found) return whole;
      return !found.name || listed ? found.place : `${found.name} (${found.place})`;
    });
}

/** @throws Error if a text is no source map of one script or module */
function readMap(text: string): EncodedSourceMap {
  const map: unknown = JSON.parse(text);
  const { mappings, sources, names = [] } = (typeof map === "object" && map ? map : {}) as Partial<EncodedSourceMap>;
  if (typeof mappings !== "string" || !Array.isArray(sources)) throw new Error("no mappings and sources in it");
  if (![...sources, ...names].every((one) => one === null || typeof one === "string")) {
    throw new Error("its sources and names are no texts");
  }
  return { ...(map as EncodedSourceMap), names };
}
