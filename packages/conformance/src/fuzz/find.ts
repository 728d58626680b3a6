/** An input that filter-host did not survive, and what happened. */
export interface Find<Input> {
  /** The seed that the input was made from; those of a batch begin with it. */
  readonly seed: number;
  readonly what: string;
  /** The input; several where only all of them together have the effect. */
  readonly inputs: readonly Input[];
}

/** How far a fuzzer is. */
export interface Progress {
  readonly inputs: number;
  readonly finds: number;
}
