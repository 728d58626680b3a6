export { malloc } from "./receive";

/** Tells the host which ABI the module speaks; never called. Specification, "proxy_abi_version_0_2_1". */
export function proxy_abi_version_0_2_1(): void {}
