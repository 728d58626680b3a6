import definition from "filter:definition";
import { call } from "proxy-wasm:filter/calls@0.2.1";
import { type Dispatcher, dispatcher } from "@wasm-header-filter/filter-js/dispatcher";
import type { FilterDefinition } from "@wasm-header-filter/filter-js/guest";
import { DEFINED } from "../callbacks.ts";
import "./console.ts";
import { failed } from "./failed.ts";
import { host } from "./host.ts";
import { sweep } from "./sweep.ts";

// The component's exports (the WIT world `dispatched-filter`) for one filter.

let filter: Dispatcher | undefined;

export function callbacks(): number {
  try {
    const made = dispatcher(definition as FilterDefinition<unknown>, host, (which, first, second, ...bytes) =>
      // The engines pass numbers from 2^31 on as others, but negative ones as they are.
      call(which, first | 0, second | 0, bytes),
    );
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
