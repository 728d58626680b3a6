import { main } from "assemblyscript/asc";

/**
 * Compiles a filter with AssemblyScript: the same bytes wherever its folder is.
 *
 * @param folder the filter's folder, with an `asconfig.json` that extends this package's and names the entry
 * @param target `release`, or `raw` for a filter without garbage-collected objects
 * @returns the module; nothing is written
 * @throws Error with the compiler's message
 */
export async function compile(folder: string, target: "release" | "raw" = "release"): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const args = ["--baseDir", folder, "--config", "asconfig.json", "--target", target, "--outFile", "plugin.wasm"];
  const { error, stderr } = await main(args, {
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") module = contents;
    },
  });
  if (error || !module) throw new Error(stderr.toString().trim() || error?.message || "no module came out");
  return module;
}
