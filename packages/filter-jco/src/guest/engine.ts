import { call } from "proxy-wasm:filter/calls@0.2.1";
import type { HostCall } from "@wasm-header-filter/filter-js/guest";

export const hostCall: HostCall = (which, first, second, ...bytes) => call(which, first | 0, second | 0, bytes);

/** 32 random bits, from the adapter (`assembly/calls.ts`). */
export const randomWord = (): number => call(25, 0, 0, [])[1] | 0;
