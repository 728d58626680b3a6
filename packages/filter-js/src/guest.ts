export * from "./filter.ts";
export * from "./host.ts";
export * from "./status.ts";
export { decodeUtf8 } from "./utf8.ts";
