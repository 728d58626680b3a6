import type { Pair } from "proxy-wasm-host";

/** What was taken from a module's memory: text (one byte per character), pairs, or a number. */
export type Taken = string | readonly Pair[] | number | bigint | undefined;

/**
 * One call as it is recorded: nothing is named or put into words before somebody looks. It is plain data, so that threads can hand it
 * over. Times are whole microseconds, which the engine keeps in place, where it would put fractions into objects of their own.
 */
export class Call {
  readonly name: string;
  /** Whether the module calls the host; else it is a callback. */
  readonly ofHost: boolean;
  readonly plugin: string;
  readonly context: number;
  readonly depth: number;
  /** Microseconds since the log's beginning. */
  readonly at: number;
  readonly values: readonly (number | bigint)[];
  /** Microseconds; below 0 while it runs. */
  took = -1;
  result: number | undefined = undefined;
  trap: string | undefined = undefined;
  /** What the parameters pointed to, in their order. */
  taken: readonly Taken[] | undefined = undefined;
  /** What the host has written, in the parameters' order. */
  given: readonly Taken[] | undefined = undefined;

  constructor(
    name: string,
    ofHost: boolean,
    plugin: string,
    context: number,
    depth: number,
    at: number,
    values: readonly (number | bigint)[],
  ) {
    this.name = name;
    this.ofHost = ofHost;
    this.plugin = plugin;
    this.context = context;
    this.depth = depth;
    this.at = at;
    this.values = values;
  }
}
