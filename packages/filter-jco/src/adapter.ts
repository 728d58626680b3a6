import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import asc from "assemblyscript/asc";
import { CoreModule } from "./core-module.ts";

const folder = fileURLToPath(new URL("../assembly/", import.meta.url));

/** The adapter of each world, by the file that it is compiled from. */
export type World = "index" | "dispatched";

/**
 * Compiles the adapter, which connects the Proxy-Wasm functions of the proxy with the component's imports and exports in the canonical ABI.
 *
 * @param world the one of the component
 * @returns the module, which shares the component's memory and has no data of its own
 */
export async function compileAdapter(world: World = "index"): Promise<CoreModule> {
  const adapter = compiled.get(world) ?? compile(world);
  compiled.set(world, adapter);
  return new CoreModule(await adapter);
}

/** They are the same for all filters that a process builds. */
const compiled = new Map<World, Promise<Uint8Array>>();

async function compile(world: World): Promise<Uint8Array> {
  const written = new Map<string, Uint8Array>();
  const args =
    "--runtime stub --importMemory --noExportMemory --use abort= --optimizeLevel 3 --noAssert --outFile adapter.wasm";
  // In the working folder asc would find the asconfig.json of whoever builds a filter.
  const { error, stderr } = await asc.main([`${world}.ts`, "--baseDir", folder, ...args.split(" ")], {
    writeFile: (name, contents) => void written.set(name, contents as Uint8Array),
  });
  const bytes = written.get("adapter.wasm");
  if (error || !bytes)
    throw new Failure(`cannot compile assembly/${world}.ts: ${stderr?.toString() ?? error?.message}`);
  const adapter = new CoreModule(bytes);
  const DATA = 11;
  if (adapter.sections.some(({ id }) => id === DATA))
    throw new Failure(
      "the adapter has static data, which would overwrite the component's: take strings and arrays out of assembly/",
    );
  return bytes;
}
