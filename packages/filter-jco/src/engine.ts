/** The JavaScript engine that a component has inside. */
export type Engine = "quickjs" | "starlingmonkey";
