import { builtinModules } from "node:module";
import { isGuarded } from "./guards.ts";
import { insteadOf, insteadOfModule } from "./refused-names.ts";
import { childrenOf, type FreeName, memberName, type Node, type Syntax } from "./syntax.ts";

/** What a filter uses that no engine has. */
export interface Refusal {
  readonly node: Node;
  /** One line: what, and what to use instead. */
  readonly text: string;
}

/**
 * Finds what can't work in a filter: names of browsers and Node that no engine has, and Node's modules. What is used only where a condition
 * says that it exists is allowed.
 *
 * @param syntax the bundled filter, with what the build adds
 * @returns the first in the order of the script, or undefined
 */
export function refusal(syntax: Syntax): Refusal | undefined {
  const own = assignedGlobals(syntax).union(new Set(absentClasses(syntax)));
  const names = [...syntax.free, ...membersOfGlobal(syntax)].flatMap((used): Refusal[] => {
    const instead = own.has(used.name) ? undefined : insteadOf(used.name);
    if (instead === undefined || isGuarded(syntax, used)) return [];
    return [{ node: used.node, text: `${used.name} does not exist in a filter: ${instead}` }];
  });
  return [...names, ...modules(syntax)].sort((a, b) => a.node.start - b.node.start)[0];
}

/**
 * Classes that no engine has and that the filter only asks for: `value instanceof File`. The build gives it classes without instances, since
 * packages ask so without a guard.
 */
export function absentClasses(syntax: Syntax): string[] {
  const asked = new Map<string, boolean>();
  for (const { name, node } of syntax.free) {
    if (insteadOf(name) === undefined) continue;
    const parent = syntax.parentOf(node);
    const isTypeof = parent?.type === "UnaryExpression" && parent.operator === "typeof";
    const isInstanceof =
      parent?.type === "BinaryExpression" && parent.operator === "instanceof" && parent.right === node;
    asked.set(name, (asked.get(name) ?? true) && (isTypeof || isInstanceof));
  }
  const unguarded = syntax.free.filter((used) => asked.get(used.name) && !isGuarded(syntax, used));
  return [...new Set(unguarded.map(({ name }) => name))];
}

/** Whether the module is one of Node's own. @param name as it is imported */
export function isNodeModule(name: string): boolean {
  return name.startsWith("node:") || builtinModules.includes(name);
}

/** `globalThis.fetch(…)`: members that are called or looked into. To read one asks only whether it is there. */
function membersOfGlobal(syntax: Syntax): FreeName[] {
  return syntax.free.flatMap(({ name, node }): FreeName[] => {
    const member = syntax.parentOf(node);
    if (name !== "globalThis" || member?.type !== "MemberExpression" || member.object !== node) return [];
    const property = memberName(member);
    const whole = syntax.parentOf(member);
    const isOptional = whole && "optional" in whole && whole.optional;
    const isUsed =
      ((whole?.type === "CallExpression" || whole?.type === "NewExpression") && whole.callee === member) ||
      (whole?.type === "MemberExpression" && whole.object === member);
    return property !== undefined && isUsed && !isOptional ? [{ name: property, node: member }] : [];
  });
}

/** Names that the filter itself gives to `globalThis`. */
function assignedGlobals(syntax: Syntax): Set<string> {
  const names = syntax.free.flatMap(({ name, node }) => {
    const member = syntax.parentOf(node);
    const whole = member && syntax.parentOf(member);
    const isAssigned = whole?.type === "AssignmentExpression" && whole.left === member;
    return name === "globalThis" && member && isAssigned ? [memberName(member)] : [];
  });
  return new Set(names.filter((name) => name !== undefined));
}

/** Imports of Node's modules that the bundle still has: what is imported and not used, it has not. */
function modules(syntax: Syntax): Refusal[] {
  const found: Refusal[] = [];
  const waiting: Node[] = [syntax.program];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    waiting.push(...childrenOf(node));
    const name = importedBy(node);
    if (name === undefined || !isNodeModule(name) || (node.type === "CallExpression" && isTried(syntax, node)))
      continue;
    found.push({ node, text: `the module ${name} does not exist in a filter: ${insteadOfModule(name)}` });
  }
  return found;
}

/** The module that a node imports: a declaration, `import(…)`, or esbuild's `__require(…)`. */
function importedBy(node: Node): string | undefined {
  const text = (literal: unknown) => {
    const { type, value } = (literal ?? {}) as { type?: string; value?: unknown };
    return type === "Literal" && typeof value === "string" ? value : undefined;
  };
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
    case "ImportExpression":
      return text(node.source);
    case "CallExpression":
      return node.callee.type === "Identifier" && /^__require\d*$/.test(node.callee.name)
        ? text(node.arguments[0])
        : undefined;
    default:
      return undefined;
  }
}

/** Whether the node is in a `try` with a `catch`: packages ask for modules so, and do without. */
function isTried(syntax: Syntax, node: Node): boolean {
  for (let child = node, parent = syntax.parentOf(child); parent; child = parent, parent = syntax.parentOf(child)) {
    if (parent.type === "TryStatement" && parent.block === child && parent.handler) return true;
  }
  return false;
}
