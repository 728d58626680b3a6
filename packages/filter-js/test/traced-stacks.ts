import { readFileSync } from "node:fs";
import { tracer } from "@wasm-header-filter/source-maps";
import { embed } from "proxy-wasm-host";

/** The first lines of each stack that the built example `levels` logs for a level that is none, with the positions of its source map. */
export function tracedStacks(module: URL): string[][] {
  const lines: string[] = [];
  const plugin = { name: "levels", module: readFileSync(module) };
  const host = embed({ plugins: [plugin], log: ({ message }) => lines.push(message) });
  const headers = [":method=GET", ":scheme=http", ":path=/", "level=other"].map((pair) => pair.split("="));
  host.openStream().request({ headers: headers as [string, string][] });
  const trace = tracer(readFileSync(new URL(`${module.href}.map`), "utf8"));
  return lines.map((line) => trace(line).split("\n").slice(0, 4));
}
