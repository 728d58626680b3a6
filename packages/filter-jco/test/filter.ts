import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embed } from "proxy-wasm-host";
import { afterAll, expect } from "vitest";
import { buildFilter } from "../src/index.ts";

/** A folder for a test file's builds, which is removed after its tests. */
export function buildFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "filter-jco-test-"));
  afterAll(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** Builds a filter from its source, in a folder of {@link buildFolder}. */
export async function build(dir: string, source: string): Promise<Uint8Array> {
  const file = join(dir, "filter.ts");
  writeFileSync(file, source);
  return (await buildFilter(file, join(dir, "build"), { optimize: "quick" })).module;
}

export const REQUEST = {
  headers: [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
  ],
} as const;
export const RESPONSE = { headers: [[":status", "200"]] } as const;

/**
 * Adds its configuration to each response, and fails in the way that the configuration names: one module for many tests, since a build takes
 * seconds.
 */
export const FILTER = `
  import { comparisons } from ${JSON.stringify(join(import.meta.dirname, "../../filter-js/test/comparisons.ts"))};
  export default (host) => {
    const name = host.internName("name");
    const down = () => (host.getHeader(0, name), down() + 1);
    const recurse = (argument) => {
      try {
        Promise.resolve().then(down).catch(() => host.log(2, "promise"));
        down();
      } catch {
        host.log(2, typeof argument);
      }
    };
    return {
      onConfigure(size) {
        const text = String.fromCharCode(...host.getBuffer(7, 0, size).value);
        if (text === "throw") throw new Error("bad");
        const headers = host.internHeaders([["configured", text]]);
        return { text, headers, random: Math.random(), now: Date.now() };
      },
      onRequestHeaders({ text }, count) {
        if (text === "missing") missing();
        if (text === "thing") throw { toString() { throw 1; } };
        if (text === "async") return Promise.resolve("no action");
        if (text === "waits") return void Promise.resolve().then(() => console.warn("waited"));
        if (text === "recursion") return recurse(count);
        if (text === "comparisons") return void comparisons().forEach((line) => console.warn(line));
        if (text === "page") console.warn(\`first
// second
/* third */
last\`);
        console.warn(text, 1);
      },
      onResponseHeaders({ text, headers }, count, endOfStream) {
        if (text === "recursion") return recurse(endOfStream);
        host.addHeaders(2, headers);
        return 0;
      },
      onLog(...all) {
        if (all[0].text === "recursion") recurse(all[1]);
      },
    };
  };`;

/** Opens a stream three times for a plugin with {@link FILTER} that is configured to recurse without an end. */
export function expectRecursionEnds(module: Uint8Array): void {
  const lines: string[] = [];
  const plugin = { name: "test", module, configuration: Buffer.from("recursion") };
  const host = embed({ plugins: [plugin], log: ({ message }) => lines.push(message) });
  for (let times = 0; times < 3; times++) {
    const stream = host.openStream();
    stream.request(REQUEST);
    stream.respond(RESPONSE);
    stream.end();
    expect(lines.splice(0)).toEqual(["number", "promise", "boolean", "promise", "undefined", "promise"]);
  }
}
