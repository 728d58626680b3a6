import { defineFilter } from "@wasm-header-filter/filter-js/guest";
import { failing } from "../on-error/failing.ts";

/** Lets the requests pass in which it fails, as a filter does that doesn't say `onError`. */
export default defineFilter((host) => ({ ...failing(host), onError: "continue" }));
