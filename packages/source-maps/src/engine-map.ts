import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { decode, encode } from "@jridgewell/sourcemap-codec";

/** The `file` of the maps of scripts: their positions are lines and columns. Other maps are of modules, and their columns bytes. */
export const SCRIPT = "filter.js";

/** What a bundler says: a source map, version 3, of one script. */
interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/** What an engine counts in a line of a script: QuickJS and quickjs-ng bytes of UTF-8, SpiderMonkey units of UTF-16. */
type Columns = "bytes" | "units";

/**
 * Makes a bundle's source map one for the stacks of an engine. Its sources get the names that their author knows: files of the filter's package their path
 * from the filter's folder, those of other packages the package's name and their path in it, such as `uuid/dist/v4.js`.
 *
 * @param map the bundler's source map as JSON; its sources are relative to the filter's folder
 * @param script the bundle
 * @param filter the file of the filter's definition
 * @param columns what the engine counts
 * @returns the map as JSON, without the sources' text; the same for the same sources, in any folder
 */
export function engineMap(map: string, script: string, filter: string, columns: Columns = "bytes"): string {
  const { version, sources, names, mappings: inUnits } = JSON.parse(map) as SourceMap;
  const mappings = columns === "bytes" ? byteColumns(inUnits, script) : inUnits;
  const folder = dirname(resolve(filter));
  const own = packageFolder(folder);
  const named = sources.map((source) => (isFile(source) ? nameOf(resolve(folder, source), folder, own) : source));
  return JSON.stringify({ version, file: SCRIPT, sources: named, names, mappings });
}

/** Mappings whose columns count bytes of UTF-8 instead of units of UTF-16. */
function byteColumns(mappings: string, script: string): string {
  const lines = script.split("\n");
  const decoded = decode(mappings);
  for (const [index, segments] of decoded.entries()) {
    const line = lines[index] ?? "";
    let [unit, bytes] = [0, 0];
    for (const segment of segments) {
      bytes += Buffer.byteLength(line.slice(unit, segment[0]));
      unit = segment[0];
      segment[0] = bytes;
    }
  }
  return encode(decoded);
}

/** esbuild's name for what is no file is such as `<stdin>`. */
function isFile(source: string): boolean {
  return !source.startsWith("<");
}

function nameOf(file: string, folder: string, own: string | undefined): string {
  const home = packageFolder(dirname(file));
  const foreign = home !== undefined && home !== own;
  const path = foreign ? join(packageName(home), relative(home, file)) : relative(folder, file);
  return path.replaceAll(sep, "/");
}

function packageName(folder: string): string {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name;
}

/** The nearest folder, from this one up, with a package.json that has a name; undefined if there is none. */
function packageFolder(folder: string): string | undefined {
  const path = join(folder, "package.json");
  if (existsSync(path) && JSON.parse(readFileSync(path, "utf8")).name) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : packageFolder(parent);
}
