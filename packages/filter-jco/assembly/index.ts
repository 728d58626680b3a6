export * from "./callbacks";
export { defined_callbacks } from "./contexts";
export * from "./host";
export * from "./integers";
export { host_intern_headers, host_intern_name } from "./interned";
export * from "./wasi";
