import { headerFilter } from "@wasm-header-filter/filter-js";
import { version } from "../package.json";

export default headerFilter("jco", version);
