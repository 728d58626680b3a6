import type { Directive, Tag } from "./scan-tag.ts";

/** A token that is no more than its type. */
export type Indicator =
  | "stream end"
  | "document start"
  | "document end"
  | "block sequence start"
  | "block mapping start"
  | "block end"
  | "["
  | "]"
  | "{"
  | "}"
  | "-"
  | ","
  | "key"
  | "value";

/** A part of a text, in the order of YAML 1.1's grammar. */
export type Token = { readonly at: number } & (
  | { readonly type: Indicator }
  | { readonly type: "alias" | "anchor"; readonly name: string }
  | { readonly type: "tag"; readonly tag: Tag }
  | { readonly type: "directive"; readonly directive: Directive }
  | { readonly type: "scalar"; readonly value: string; readonly isPlain: boolean }
);
export type TokenType = Token["type"];
