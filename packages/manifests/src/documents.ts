import { Failure, oneLine } from "@wasm-header-filter/cli";
import { YamlFault } from "./yaml-reader/cursor.ts";
import { type Node, type Parsed, parseDocument } from "./yaml-reader/parser.ts";
import { toJson } from "./yaml-reader/to-json.ts";

/** A location in a value: the field names and indexes that lead to it. */
export type Path = readonly (string | number)[];

/** One YAML or JSON document. */
export interface ParsedDocument {
  readonly value: unknown;
  /** What Kubernetes passes over without a word, with its position. */
  readonly warnings: readonly string[];
  /** The position of a path, or of its nearest parent that exists: `FILE:LINE:COLUMN`. */
  at(path: Path): string;
}

/**
 * Parses YAML documents as Kubernetes does (sigs.k8s.io/yaml, YAMLToJSONStrict): YAML 1.1 as Go reads it, where `on` and `yes` are
 * booleans. Like kubectl, it takes each line that begins with `---` for a document's beginning.
 *
 * @param where names the manifest in errors
 * @returns one value for each document that isn't empty
 * @throws Failure with the position of the first fault
 */
export function parseDocuments(text: string, where: string): ParsedDocument[] {
  const isJson = /^\s*\{/.test(text);
  return split(text).flatMap(({ part, from }) => {
    const place = placer(text, from, where);
    try {
      const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(part);
      if (unprintable) throw new YamlFault("control characters are not allowed", unprintable.index);
      // go.yaml.in/yaml v2 looks for the second one where its buffer begins, not where a line does (yamlprivateh.go, is_bom).
      if (part.startsWith("\ufeff"))
        throw new YamlFault("two byte order marks; with them Kubernetes skips the first character of each line", 0);
      const parsed = parseDocument(part, isJson);
      if (!parsed) return [];
      const value = toJson(parsed.root);
      if (value === null) return [];
      return [{ value, warnings: warningsOf(parsed, place), at: (path: Path) => place(offsetOf(parsed.root, path)) }];
    } catch (error) {
      if (!(error instanceof YamlFault)) throw error;
      throw new Failure(oneLine(`${place(error.offset)}: not valid YAML: ${error.message}${remedyOf(error.message)}`));
    }
  });
}

interface Part {
  readonly part: string;
  /** Where it begins in the text. */
  readonly from: number;
}

/** The parts of a text with a document each; directives go with the document that they are for. */
function split(text: string): Part[] {
  const start = text.startsWith("\ufeff") ? 1 : 0;
  const starts = [start, ...[...text.matchAll(/(?<=\n)---(?=[ \t\r\n]|$)/g)].map(({ index }) => index)];
  const parts: Part[] = [];
  for (const [at, from] of starts.entries()) {
    const part = text.slice(from, starts[at + 1]);
    const previous = parts.at(-1);
    if (previous && isDirectives(previous.part)) {
      parts[parts.length - 1] = { part: previous.part + part, from: previous.from };
    } else parts.push({ part, from });
  }
  return parts;
}

const isDirectives = (part: string): boolean =>
  part.startsWith("%") && part.split(/\r?\n/).every((line) => /^(?:%.*|\s*#.*|\s*)$/.test(line));

type Placer = (offset: number) => string;

/** Takes an offset in a part and gives its position in the whole text. */
function placer(text: string, from: number, where: string): Placer {
  return (offset) => {
    const before = text.slice(0, from + offset).split(/\r\n|[\n\r\u0085\u2028\u2029]/);
    return `${where}:${before.length}:${[...(before.at(-1) ?? "").replace(/^\ufeff/, "")].length + 1}`;
  };
}

function warningsOf({ rest }: Parsed, place: Placer): string[] {
  if (rest === undefined) return [];
  return [`${place(rest)}: Kubernetes does not read what follows the end of a document; begin a document with ---`];
}

function offsetOf(root: Node, path: Path): number {
  let node: Node | undefined = root;
  let offset = node.at;
  for (const step of path) {
    const parent: Node | undefined = node?.kind === "alias" ? node.target : node;
    // The position of a field is that of its name: the value may be on a later line.
    const pair: readonly [Node, Node] | undefined =
      parent?.kind === "mapping"
        ? parent.pairs.find(([key]) => key.kind === "scalar" && key.value === String(step))
        : undefined;
    node = pair ? pair[1] : parent?.kind === "sequence" ? parent.items[Number(step)] : undefined;
    if (!node) break;
    offset = pair ? pair[0].at : node.at;
  }
  return offset;
}

/** What to do about problems that don't say it themselves. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/already set in map|are both/, "remove one of them"],
  [/^json: unsupported value/, "put text into quotes: JSON has no such number"],
  [/^(?:unsupported|invalid) map key/, "put a key into quotes"],
  [/^control characters/, "write it as an escape in double quotes"],
  [
    /tab character|cannot start any token/,
    "indent with spaces, and put text that begins with a special character into quotes",
  ],
  [
    /^mapping values are not allowed|^could not find expected ':'/,
    "put text that contains a colon into quotes, or check the indentation",
  ],
  [/^cannot decode !!/, "remove the tag, or change the value"],
  [/^unknown anchor/, "define it with & in the same document, or put the text into quotes"],
  [/excessive aliasing|nested deeper/, "write less of it"],
];

function remedyOf(problem: string): string {
  const remedy = REMEDIES.find(([form]) => form.test(problem))?.[1];
  return remedy === undefined ? "" : `; ${remedy}`;
}
