export { configurationRefusal } from "./configuration.ts";
export { headerFilter } from "./header-filter.ts";
