import { Failure } from "@wasm-header-filter/cli";
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  LineCounter,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
} from "yaml";

/** A location in a value: the field names and indexes that lead to it. */
export type Path = readonly (string | number)[];

/** One YAML or JSON document. */
export interface ParsedDocument {
  readonly value: unknown;
  /** The position of a path, or of its nearest parent that exists: `FILE:LINE:COLUMN`. */
  at(path: Path): string;
}

// Types of YAML 1.1 that Kubernetes' parser (sigs.k8s.io/yaml) reads as text or refuses.
const UNKNOWN_TO_KUBERNETES = new Set(["omap", "pairs", "set", "timestamp", "intTime", "floatTime", "binary"]);

// Kubernetes' parser reads these as numbers, unlike YAML 1.1.
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => (text.startsWith("-") ? -1 : 1) * Number.parseInt(text.replace(/^[-+]?0o|_/g, ""), 8),
};

/**
 * Parses YAML documents as Kubernetes does: YAML 1.1, where `on` and `yes` are booleans.
 *
 * @param where names the manifest in errors
 * @returns one value for each document that isn't empty
 * @throws Failure with the position of the first fault
 */
export function parseDocuments(text: string, where: string): ParsedDocument[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { version: "1.1", customTags: asKubernetes, lineCounter });
  return [...documents].flatMap((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) {
      const { line, col } = fault.linePos?.[0] ?? { line: 1, col: 1 };
      const [reason] = fault.message.split(/ at line \d+|:?\n/);
      throw new Failure(`${where}:${line}:${col}: not valid YAML: ${reason}`);
    }
    try {
      const value: unknown = document.toJS();
      return value === null || value === undefined ? [] : [{ value, at: locator(document, lineCounter, where) }];
    } catch (cause) {
      throw new Failure(`${where}: not valid YAML`, { cause });
    }
  });
}

function locator(document: Document.Parsed, lines: LineCounter, where: string): ParsedDocument["at"] {
  return (path) => {
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const step of path) {
      if (!isCollection(node)) break;
      // The position of a field is that of its name: the value may be on a later line.
      const pair = isMap(node) ? node.items.find(({ key }) => String(key) === String(step)) : undefined;
      node = pair ? pair.value : node.get(step, true);
      offset = startOf(pair?.key) ?? startOf(node) ?? offset;
    }
    const { line, col } = lines.linePos(offset);
    return `${where}:${line}:${col}`;
  };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function asKubernetes(tags: Tags): Tags {
  const known = tags.filter((tag) => {
    if (typeof tag === "string") return !UNKNOWN_TO_KUBERNETES.has(tag);
    const name = tag.tag.split(":").at(-1) ?? "";
    return !UNKNOWN_TO_KUBERNETES.has(name) && !("format" in tag && tag.format === "TIME");
  });
  return [...known, OCTAL];
}
