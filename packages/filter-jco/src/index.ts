export { buildFilter } from "./build-filter.ts";
export { lower } from "./lower.ts";
