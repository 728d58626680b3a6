import { readFileSync } from "node:fs";
import { tracer } from "@wasm-header-filter/source-maps";
import { embed } from "proxy-wasm-host";
import { expect, test } from "vitest";

const EXAMPLE = new URL("../dist/examples/levels.wasm", import.meta.url);

test("the stack of an exception two functions deep leads to the lines of two files", () => {
  const lines: string[] = [];
  const plugin = { name: "levels", module: readFileSync(EXAMPLE) };
  const host = embed({ plugins: [plugin], log: ({ message }) => lines.push(message) });
  const headers = [":method=GET", ":scheme=http", ":path=/", "level=other"].map((pair) => pair.split("="));
  host.openStream().request({ headers: headers as [string, string][] });
  const trace = tracer(readFileSync(new URL(`${EXAMPLE.href}.map`), "utf8"));
  expect(lines.map((line) => trace(line).split("\n").slice(0, 4))).toEqual([
    [
      "onRequestHeaders: RangeError: other is no level",
      "    at describe (levels.ts:15:29)",
      "    at greet (filter.ts:9:31)",
      "    at onRequestHeaders (filter.ts:17:110)",
    ],
  ]);
});
