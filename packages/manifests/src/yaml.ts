import { Document, isMap, isNode, visit } from "yaml";
import type { Path } from "./documents.ts";

/** A comment above a field of a manifest. */
export interface Note {
  /** The field; empty for the whole document. */
  readonly at: Path;
  /** One or more lines. */
  readonly text: string;
}

/** A resource with its notes. */
export interface Noted {
  readonly resource: object;
  readonly notes: readonly Note[];
}

/** Objects as YAML documents that mean the same in YAML 1.1, which Kubernetes reads, and in YAML 1.2. */
export function toYaml(resources: readonly object[]): string {
  return toNotedYaml(resources.map((resource) => ({ resource, notes: [] })));
}

/** As {@link toYaml}, with each note as a comment; notes on missing fields are left out. */
export function toNotedYaml(resources: readonly Noted[]): string {
  return resources.map(documentText).join("---\n");
}

// The library leaves some other texts unquoted that are text in only one version of YAML, such as `<<` and 0o17.
const BARE = /^[A-Za-z][\w ./:@-]*$/;

// Line breaks in YAML 1.1 only. They occur only in double quotes, where each has an escape.
const BREAKS: Readonly<Record<string, string>> = { "\u0085": "\\N", "\u2028": "\\L", "\u2029": "\\P" };

function documentText({ resource, notes }: Noted): string {
  const document = new Document(resource, {
    version: "1.1",
    aliasDuplicateObjects: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || tag.tag !== "tag:yaml.org,2002:merge"),
  });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && !BARE.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  for (const note of notes) comment(document, note);
  return document.toString({ lineWidth: 0 }).replace(/[\u0085\u2028\u2029]/g, (char) => BREAKS[char] ?? char);
}

function comment(document: Document, { at, text }: Note): void {
  const node = at.length === 0 ? document.contents : fieldOf(document, at);
  if (isNode(node)) node.commentBefore = text.replace(/^(?=.)/gm, " ");
}

function fieldOf(document: Document, path: Path): unknown {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return document.getIn(path, true);
  return parent.items.find(({ key }) => String(key) === path.at(-1))?.key;
}
