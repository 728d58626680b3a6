import type { Filter } from "./filter.ts";
import type { CallingHost } from "./host-call.ts";

/** What ends the streams whose code fails, in a filter with `onError: "deny"`. */
export interface Denials {
  /** The callbacks that the module must export beyond those that the filter defines. */
  readonly callbacks: readonly string[];
  /** A callback begins. */
  enter(name: string, context: number): void;
  /**
   * A callback of a stream, or what it has waited for, has failed: answers the client, or closes the connection, if that is still possible. A
   * stream whose `onStream` has failed is denied in its next callback.
   *
   * @param name the callback's
   * @returns the callback's action; undefined if the stream goes on
   */
  deny(name: string, context: number): number | undefined;
  /** Denies a stream whose `onStream` has failed. @returns as {@link deny}; undefined for another stream */
  denyDue(name: string, context: number): number | undefined;
}

/** What a build has for filters with `onError`. */
export const onError: {
  /**
   * Begins to watch what the filter answers, before it is defined.
   *
   * @param host its functions are replaced
   * @returns gives what denies streams of the filter: nothing with `onError: "continue"`; throws TypeError for an unknown value
   */
  watch?: (host: CallingHost) => (filter: Filter<unknown, unknown>) => Denials | undefined;
} = {};
