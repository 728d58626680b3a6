export { headerFilter } from "./header-filter.ts";
