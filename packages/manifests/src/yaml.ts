import { Failure } from "@wasm-header-filter/cli";
import { Document, parseAllDocuments, type Tags, visit } from "yaml";

// What Kubernetes' parser (sigs.k8s.io/yaml) leaves as text or refuses, though YAML 1.1 has types for it.
const unknownToKubernetes = new Set(["omap", "pairs", "set", "timestamp", "intTime", "floatTime", "binary"]);

/** Objects as YAML documents that read the same to YAML 1.1 parsers, Kubernetes' among them, and to YAML 1.2 ones. */
export function toYaml(resources: readonly object[]): string {
  return resources.map(documentText).join("---\n");
}

// Of other texts the library leaves some bare that only one version of YAML takes for text, such as `<<` and 0o17.
const bare = /^[A-Za-z][\w ./:@-]*$/;

// Line breaks in YAML 1.1 alone: they stand in double quotes only, so there is an escape for each.
const breaks: Readonly<Record<string, string>> = { "\u0085": "\\N", "\u2028": "\\L", "\u2029": "\\P" };

function documentText(resource: object): string {
  const document = new Document(resource, {
    version: "1.1",
    aliasDuplicateObjects: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === "string" || tag.tag !== "tag:yaml.org,2002:merge"),
  });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && !bare.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 }).replace(/[\u0085\u2028\u2029]/g, (char) => breaks[char] ?? char);
}

/**
 * Parses YAML documents as Kubernetes does: YAML 1.1, where `on` and `yes` are booleans.
 *
 * @param where names the manifest in errors
 * @returns one value for each document that isn't empty
 * @throws Failure with the place of the first fault
 */
export function fromYaml(text: string, where: string): unknown[] {
  const documents = parseAllDocuments(text, { version: "1.1", customTags: withoutUnknown });
  return [...documents].flatMap((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) {
      const { line, col } = fault.linePos?.[0] ?? { line: 1, col: 1 };
      const [reason] = fault.message.split(/ at line \d+|:?\n/);
      throw new Failure(`${where}:${line}:${col}: not valid YAML: ${reason}`);
    }
    try {
      const value: unknown = document.toJS();
      return value === null || value === undefined ? [] : [value];
    } catch (cause) {
      throw new Failure(`${where}: not valid YAML`, { cause });
    }
  });
}

function withoutUnknown(tags: Tags): Tags {
  return tags.filter((tag) => {
    if (typeof tag === "string") return !unknownToKubernetes.has(tag);
    const name = tag.tag.split(":").at(-1) ?? "";
    return !unknownToKubernetes.has(name) && !("format" in tag && tag.format === "TIME");
  });
}
