export * from "./filter.ts";
export * from "./host.ts";
export * from "./status.ts";
