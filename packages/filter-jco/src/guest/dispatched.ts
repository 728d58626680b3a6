import definition from "filter:definition";
import { type Dispatcher, dispatcher } from "@wasm-header-filter/filter-js/dispatcher";
import type { FilterDefinition } from "@wasm-header-filter/filter-js/guest";
import { DEFINED } from "../callbacks.ts";
import "./console.ts";
import { hostCall } from "./engine.ts";
import { failed } from "./failed.ts";
import { host } from "./host.ts";
import { sweep } from "./sweep.ts";

// The component's exports (the WIT world `dispatched-filter`) for one filter.

let filter: Dispatcher | undefined;

export function callbacks(): number {
  try {
    const made = dispatcher(definition as FilterDefinition<unknown>, host, hostCall);
    filter = made;
    return made.callbacks | (1 << DEFINED);
  } catch (error) {
    // Without a filter, every configuration is refused.
    failed("filter", error);
    return 0;
  }
}

export function onEvent(callback: number, a: number, b: number, c: number, d: number, e: number): number {
  return filter?.dispatch(callback, a, b, c, d, e) ?? 0;
}

sweep();
