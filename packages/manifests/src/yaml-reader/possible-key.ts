/** A place where a key may have begun: known only when its `:` is found. */
export interface PossibleKey {
  /** The number of the token that begins it. */
  readonly token: number;
  readonly at: number;
  readonly index: number;
  readonly line: number;
  readonly column: number;
  /** Whether nothing else can be here. */
  readonly isRequired: boolean;
}

/** A flow collection that has not ended. */
export interface OpenFlow {
  /** The number of the token that begins it. */
  readonly token: number;
  /** Whether something in it could have been a key. */
  hasKeys: boolean;
}
