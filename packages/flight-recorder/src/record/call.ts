import type { Pair } from "proxy-wasm-host";

/** A value from a module's memory: text (one byte per character), pairs, or a number. */
export type CapturedValue = string | readonly Pair[] | number | bigint | undefined;

/**
 * A call as plain data, which a worker can send to the main thread. Names of arguments and statuses are looked up when the call is
 * shown. Times are whole microseconds: V8 stores small integers without allocating an object.
 */
export class Call {
  readonly name: string;
  /** Whether the module calls the host. Otherwise it is a callback. */
  readonly ofHost: boolean;
  readonly plugin: string;
  readonly context: number;
  readonly depth: number;
  /** Microseconds since the log began. */
  readonly at: number;
  readonly values: readonly (number | bigint)[];
  /** Microseconds; negative while it runs. */
  took = -1;
  result: number | undefined = undefined;
  trap: string | undefined = undefined;
  /** What the module passed in its memory, in the order of the parameters. */
  inputs: readonly CapturedValue[] | undefined = undefined;
  /** What the host wrote to the module's memory, in the order of the parameters. */
  outputs: readonly CapturedValue[] | undefined = undefined;

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
