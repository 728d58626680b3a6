/** An example that a project may start from. */
export interface Example {
  /** What it does, in a sentence. */
  readonly about: string;
  /** The npm packages that it is built with, and their versions. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** A configuration that it takes; left out, it needs none. */
  readonly configuration?: unknown;
}
