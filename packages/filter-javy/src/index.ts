export { buildFilter } from "./build-filter.ts";
