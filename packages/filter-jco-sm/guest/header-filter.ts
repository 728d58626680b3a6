import { headerFilter } from "@wasm-header-filter/filter-js";
import { version, wasmFilter } from "../package.json";

export default headerFilter(wasmFilter.variant, version);
