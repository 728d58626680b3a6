import { defineFilter } from "@wasm-header-filter/filter-js/guest";
import { failing } from "./failing.ts";

/** Denies the requests in which it fails. */
export default defineFilter((host) => ({ ...failing(host), onError: "deny" }));
