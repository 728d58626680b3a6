/** The versions of the ABI that modules can ask for here, by exporting `proxy_abi_version_X_Y_Z`. */
export const ABI_VERSIONS = ["0.2.0", "0.2.1"] as const;

export type AbiVersion = (typeof ABI_VERSIONS)[number];

/** The export that asks for a version. */
export const abiMarker = (version: string): string => `proxy_abi_version_${version.replaceAll(".", "_")}`;
