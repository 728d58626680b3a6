import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import asc from "assemblyscript/asc";
import { CoreModule } from "./core-module.ts";

const folder = fileURLToPath(new URL("../assembly/", import.meta.url));

/**
 * Compiles the adapter, which connects the Proxy-Wasm functions of the proxy with the component's imports and exports in the canonical ABI.
 *
 * @returns the module, which shares the component's memory and has no data of its own
 */
export async function compileAdapter(): Promise<CoreModule> {
  compiled ??= compile();
  return new CoreModule(await compiled);
}

/** It is the same for all filters that a process builds. */
let compiled: Promise<Uint8Array> | undefined;

async function compile(): Promise<Uint8Array> {
  const written = new Map<string, Uint8Array>();
  const args =
    "--runtime stub --importMemory --noExportMemory --use abort= --optimizeLevel 3 --noAssert --outFile adapter.wasm";
  // In the working folder asc would find the asconfig.json of whoever builds a filter.
  const { error, stderr } = await asc.main(["index.ts", "--baseDir", folder, ...args.split(" ")], {
    writeFile: (name, contents) => void written.set(name, contents as Uint8Array),
  });
  const bytes = written.get("adapter.wasm");
  if (error || !bytes) throw new Failure(`cannot compile assembly/index.ts: ${stderr?.toString() ?? error?.message}`);
  const adapter = new CoreModule(bytes);
  const DATA = 11;
  if (adapter.sections.some(({ id }) => id === DATA))
    throw new Failure(
      "the adapter has static data, which would overwrite the component's: take strings and arrays out of assembly/",
    );
  return bytes;
}
