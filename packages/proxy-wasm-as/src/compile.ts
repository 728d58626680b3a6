import { main } from "assemblyscript/asc";

/**
 * Compiles a filter with AssemblyScript, the same bytes wherever its folder is.
 *
 * @param folder the filter's folder, with an `asconfig.json` that names the entry and the output
 * @returns the module; nothing is written
 * @throws Error with the compiler's own words
 */
export async function compile(folder: string): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const { error, stderr } = await main(["--baseDir", folder, "--config", "asconfig.json"], {
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm") && typeof contents !== "string") module = contents;
    },
  });
  if (error || !module) throw new Error(stderr.toString().trim() || error?.message || "no module came out");
  return module;
}
