import { Failure } from "@wasm-header-filter/cli";

// TypeScript has these types only in the browser's library.
declare const WebAssembly: {
  readonly Module: { new (bytes: Uint8Array): object; exports(module: object): { name: string; kind: string }[] };
};

/**
 * The version of the Proxy-Wasm ABI that a module declares: the export `proxy_abi_version_X_Y_Z` (proxy-wasm/spec, "Callbacks").
 *
 * @param module a core module's bytes
 * @param where names the module in errors
 * @returns such as `0.2.1`
 * @throws Failure if it is a component, no valid module, or has no such export
 */
export function abiVersion(module: Uint8Array, where: string): string {
  const [a, b, c, d, version, , layer] = module;
  if (a !== 0 || b !== 0x61 || c !== 0x73 || d !== 0x6d) throw new Failure(`${where}: not a WebAssembly file`);
  if (layer === 1) throw new Failure(`${where}: a component, but Envoy loads only core modules: convert it first`);
  if (version !== 1) throw new Failure(`${where}: WebAssembly of an unknown version`);
  let names: string[];
  try {
    names = WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name }) => name);
  } catch (cause) {
    throw new Failure(`${where}: not a valid WebAssembly module`, { cause });
  }
  const marker = names.map((name) => /^proxy_abi_version_(\d+)_(\d+)_(\d+)$/.exec(name)).find((match) => match);
  if (marker) return marker.slice(1).join(".");
  throw new Failure(`${where}: exports no proxy_abi_version_X_Y_Z, so Envoy would refuse it`);
}
