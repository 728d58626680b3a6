import { fileURLToPath } from "node:url";
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { main } from "assemblyscript/asc";
import { functionCodes, withoutDebug } from "./function-names.ts";

/** A filter's module, and what leads from its code to its sources. */
export interface CompiledFilter {
  readonly module: Uint8Array<ArrayBuffer>;
  /** The source map, as JSON: its columns are bytes of the module, its names those of the module's functions. */
  readonly map: string;
}

const CONFIG = fileURLToPath(new URL("../asconfig.json", import.meta.url));

/** What is taken of asc's source map. */
interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly mappings: string;
}

/**
 * Compiles a filter with AssemblyScript: the same bytes wherever its folder is.
 *
 * @param folder the filter's folder
 * @param source the file to compile, from the folder; left out, the folder has an `asconfig.json` that extends this package's and names it
 * @param target `release`, or `raw` for a filter without garbage-collected objects
 * @returns the module, which neither names its functions nor its map, and the map; nothing is written
 * @throws Error with the compiler's message
 */
export async function compile(
  folder: string,
  target: "release" | "raw" = "release",
  source?: string,
): Promise<CompiledFilter> {
  let [module, map]: [Uint8Array<ArrayBuffer>?, string?] = [];
  const what = source === undefined ? ["--config", "asconfig.json"] : [source, "--config", CONFIG];
  const args = ["--baseDir", folder, ...what, "--target", target, "--outFile", "plugin.wasm"];
  const { error, stderr } = await main([...args, "--sourceMap", "--debug"], {
    writeFile: (name, contents) => {
      if (typeof contents !== "string") module = new Uint8Array(contents);
      else if (name.endsWith(".map")) map = contents;
    },
  });
  if (error || !module || !map) throw new Error(stderr.toString().trim() || error?.message || "no module came out");
  return { module: withoutDebug(module).slice(), map: named(JSON.parse(map), module) };
}

/**
 * Puts the names of a module's functions into its map. Code without a position, such as the call behind a `throw`, gets the one of the
 * code before it, if that is in the same function.
 */
function named({ version, sources, mappings }: SourceMap, module: Uint8Array<ArrayBuffer>): string {
  const codes = functionCodes(module);
  const names = [...new Set(codes.map(({ name }) => name))];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const [positions = []] = decode(mappings);
  const segments = codes.flatMap(({ name, begin, end }): SourceMapSegment[] => {
    const inside = positions.filter(([column, source]) => column >= begin && column < end && source !== undefined);
    const number = numbers.get(name) ?? 0;
    return [
      [begin],
      ...inside.map(
        ([column, source = 0, row = 0, at = 0]) => [column, source, row, at, number] satisfies SourceMapSegment,
      ),
    ];
  });
  return JSON.stringify({ version, sources, names, mappings: encode([segments]) });
}
