import { readFileSync } from "node:fs";
import { tracer } from "@wasm-header-filter/source-maps";
import { main } from "assemblyscript/asc";
import { embed, standardPlatform } from "proxy-wasm-host";
import { expect, test } from "vitest";
import { compileSource, inFolder } from "./compile-source.ts";

const SOURCE = `import { Action, getHeader, HeaderMap, Bytes, received, Status } from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const DEPTH = Bytes.ascii("depth");

/** Traps at the end. */
function descend(depth: i32): i32 {
  if (depth == 0) throw new Error("too deep");
  return descend(depth - 1) + descend(depth - 2);
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  if (getHeader(HeaderMap.RequestHeaders, DEPTH) != Status.Ok) return Action.Continue;
  return <Action>descend(<i32>received[0] - 48);
}
`;

/** What is logged if a request has a header `depth`. */
function logged(module: Uint8Array, sourceMap: Uint8Array | undefined, depth: string): string[] {
  const lines: string[] = [];
  const host = embed({
    plugins: [{ name: "as", module, sourceMap }],
    platform: { ...standardPlatform, sourceMap: (map) => tracer(new TextDecoder().decode(map)) },
    log: ({ message }) => lines.push(message),
  });
  const headers = [":method=GET", ":scheme=http", ":path=/", `depth=${depth}`].map((pair) => pair.split("="));
  host.openStream().request({ headers: headers as [string, string][] });
  return lines;
}

const AT_DEPTH = "at descend (assembly/index.ts:10:10)";

test.each([
  ["raw", "at descend (assembly/index.ts:9:19)"],
  // The callers of proxyAbort have the position of what they pass.
  ["release", "at proxyAbort (~lib/proxy-wasm-as/assembly/abort.ts:17:3), at descend (assembly/index.ts:9:35)"],
] as const)("a trap in a module of the target %s names lines and functions", async (target, innermost) => {
  const { module, map } = await compileSource(SOURCE, target);
  const trapped = "proxy_on_request_headers trapped: unreachable";
  const last = (sourceMap?: Uint8Array) => logged(module, sourceMap, "2").at(-1);
  const places = [...innermost.split(/, (?=at )/), AT_DEPTH, AT_DEPTH].slice(0, 3).join(", ");
  expect(last(Buffer.from(map))).toBe(`${trapped}, ${places}; every request gets 503`);
  expect(last()).toBe(`${trapped}; every request gets 503`);
});

test("neither the map nor names are in the module, and no source's text in the map", async () => {
  const { module, map } = await compileSource(SOURCE, "raw");
  for (const text of ["sourceMappingURL", "descend"])
    expect([text, Buffer.from(module).includes(text)]).toEqual([text, false]);
  expect(Object.keys(JSON.parse(map))).toEqual(["version", "sources", "names", "mappings"]);
});

const readme = (folder: string) => readFileSync(new URL(`../../${folder}/README.md`, import.meta.url), "utf8");

test("the line that filter-host's README shows", async () => {
  const { module, map } = await compileSource(SOURCE, "raw");
  expect(readme("filter-host")).toContain(logged(module, Buffer.from(map), "0").at(-1));
});

test("the line that the README shows for a map of asc's own, in the same module", async () => {
  const files = new Map<string, Uint8Array | string>();
  const args = "--config asconfig.json --target raw -o filter.wasm --sourceMap".split(" ");
  const writeFile = (name: string, contents: Uint8Array | string) => void files.set(name, contents);
  const { error } = await inFolder(SOURCE, (folder) => main(["--baseDir", folder, ...args], { writeFile }));
  expect(error).toBeNull();
  const [module, map] = ["filter.wasm", "filter.wasm.map"].map((name) => Buffer.from(files.get(name) ?? ""));
  const { module: ours } = await compileSource(SOURCE, "raw");
  expect(module?.subarray(0, ours.length)).toEqual(Buffer.from(ours));
  expect(readme("proxy-wasm-as")).toContain(logged(module ?? Buffer.of(), map, "0").at(-1));
});
