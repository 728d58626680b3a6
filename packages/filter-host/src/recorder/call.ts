import type { Pair } from "../abi/pairs.ts";
import type { HostFunction } from "../host-function.ts";

/** What was taken from a module's memory: text (one byte per character), pairs, or a number. */
export type Taken = string | readonly Pair[] | number | bigint | undefined;

/** One call as it is recorded: nothing is named or put into words before somebody looks. */
export class Call {
  readonly name: string;
  /** Left out: a callback. */
  readonly fn: HostFunction | undefined;
  readonly plugin: string;
  readonly context: number;
  readonly depth: number;
  /** Milliseconds of `performance.now()`. */
  readonly began: number;
  readonly values: readonly (number | bigint)[];
  /** Milliseconds; below 0 while it runs. */
  took = -1;
  result: number | undefined = undefined;
  trap: string | undefined = undefined;
  /** What the parameters pointed to, in their order. */
  taken: readonly Taken[] | undefined = undefined;
  /** What the host has written, in the parameters' order. */
  given: readonly Taken[] | undefined = undefined;

  constructor(
    name: string,
    fn: HostFunction | undefined,
    place: { readonly plugin: string; readonly context: number; readonly depth: number },
    began: number,
    values: readonly (number | bigint)[],
  ) {
    this.name = name;
    this.fn = fn;
    this.plugin = place.plugin;
    this.context = place.context;
    this.depth = place.depth;
    this.began = began;
    this.values = values;
  }
}
