import { type Node as AcornNode, parse } from "acorn";
import { analyze, type Reference, type Scope } from "eslint-scope";
import type * as ESTree from "estree";

/** A node of the script's syntax tree. */
export type Node = ESTree.Node & Pick<AcornNode, "start" | "end">;

/** A script as its syntax tree, with what its names refer to. */
export interface Syntax {
  readonly program: Node;
  /** Uses of names that the script doesn't declare. */
  readonly free: readonly FreeName[];
  parentOf(node: Node): Node | undefined;
  /** What the name refers to, if the script declares it. */
  declarationOf(name: Node): Scope["variables"][number] | undefined;
}

/** A use of a name that the script doesn't declare. */
export interface FreeName {
  readonly name: string;
  readonly node: Node;
}

/**
 * Parses a script that the build has bundled.
 *
 * @param script one ES module
 * @throws SyntaxError if the script is not valid JavaScript
 */
export function readSyntax(script: string): Syntax {
  const program = parse(script, { ecmaVersion: "latest", sourceType: "module", ranges: true }) as Node;
  const scopes = analyze(program as ESTree.Program, { ecmaVersion: 2022, sourceType: "module" });
  const references = new Map<ESTree.Node, Reference>();
  for (const { references: some } of scopes.scopes)
    for (const item of some) references.set(item.identifier as ESTree.Identifier, item);
  const parents = parentsOf(program);
  const through = scopes.globalScope?.through ?? [];
  return {
    program,
    free: through.map(({ identifier }) => ({ name: (identifier as ESTree.Identifier).name, node: identifier as Node })),
    parentOf: (node) => parents.get(node),
    declarationOf: (name) => references.get(name)?.resolved ?? undefined,
  };
}

function parentsOf(program: Node): Map<Node, Node> {
  const parents = new Map<Node, Node>();
  const waiting: Node[] = [program];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      waiting.push(child);
    }
  }
  return parents;
}

export function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** The name of a member that the expression names: `a.name`, `a["name"]`. */
export function memberName(node: Node): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  const { property, computed } = node;
  if (!computed) return property.type === "Identifier" ? property.name : undefined;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : undefined;
}
