import { parseSync } from "oxc-parser";

/** A string literal in a source. */
interface Literal {
  readonly value: string;
  /** Where its quotes begin and end. */
  readonly start: number;
  readonly end: number;
}

/** What a module refers to. */
interface References {
  /** What it imports, exports from elsewhere, or takes types of; not what it computes. */
  readonly imports: readonly Literal[];
  /** Paths in `new URL(PATH, import.meta.url)`, with `*` for what is computed. */
  readonly urls: readonly string[];
}

type Node = Record<string, unknown> & { readonly type: string };

/**
 * Reads what a module refers to.
 *
 * @param path its extension tells its language
 * @throws SyntaxError if the text can't be parsed
 */
export function references(path: string, text: string): References {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new SyntaxError(`${path}: ${error.message}`);
  const imports: Literal[] = [];
  const urls: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isNode(value)) return;
    if (value.type.startsWith("Import") || value.type.startsWith("Export") || value.type === "TSImportType") {
      const { source } = value;
      if (isNode(source) && typeof source.value === "string") imports.push(source as unknown as Literal);
    }
    if (value.type === "NewExpression") urls.push(...ownUrl(value));
    for (const child of Object.values(value)) visit(child);
  };
  visit(program);
  return { imports, urls };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

/** The path of `new URL(PATH, import.meta.url)`, or nothing. */
function ownUrl({ callee, arguments: given }: Node): string[] {
  const [path, base] = given as [Node?, Node?];
  if (!isNode(callee) || callee.name !== "URL" || !path || base?.type !== "MemberExpression") return [];
  const { object, property } = base as unknown as { object: Node; property: Node };
  if (object.type !== "MetaProperty" || property.name !== "url") return [];
  if (typeof path.value === "string") return [path.value];
  if (path.type !== "TemplateLiteral") return ["*"];
  return [(path.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join("*")];
}
