import { call } from "proxy-wasm:filter/calls@0.2.1";
import type { HostCall } from "@wasm-header-filter/filter-js/guest";

// The engines pass numbers from 2^31 on as others, but negative ones as they are.
export const hostCall: HostCall = (which, first, second, a?, b?, c?, d?, e?) =>
  call(which, first | 0, second | 0, given(a, b, c, d, e));

/** The byte strings of a call, without gathering and spreading them, which costs more than the call. */
function given(a?: Uint8Array, b?: Uint8Array, c?: Uint8Array, d?: Uint8Array, e?: Uint8Array): Uint8Array[] {
  if (a === undefined) return [];
  if (b === undefined) return [a];
  if (c === undefined) return [a, b];
  if (d === undefined) return [a, b, c];
  return e === undefined ? [a, b, c, d] : [a, b, c, d, e];
}

/** 32 random bits, from the adapter (`assembly/calls.ts`). */
export const randomWord = (): number => call(25, 0, 0, [])[1] | 0;
