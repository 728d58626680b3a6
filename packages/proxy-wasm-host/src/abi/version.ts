/** The versions of the ABI that modules can ask for here, by exporting `proxy_abi_version_X_Y_Z`. */
export const ABI_VERSIONS = ["0.1.0", "0.2.0", "0.2.1"] as const;

export type AbiVersion = (typeof ABI_VERSIONS)[number];

/**
 * The version that a module asks for: that of the first exported function that names one (proxy-wasm-cpp-host,
 * src/bytecode_util.cc, getAbiVersion).
 */
export function abiOf(exports: Iterable<{ readonly name: string; readonly kind: string }>): AbiVersion | undefined {
  for (const { name, kind } of exports) {
    const version = ABI_VERSIONS.find((one) => kind === "function" && name === abiMarker(one));
    if (version) return version;
  }
  return undefined;
}

/** The export that asks for a version. */
export const abiMarker = (version: string): string => `proxy_abi_version_${version.replaceAll(".", "_")}`;
