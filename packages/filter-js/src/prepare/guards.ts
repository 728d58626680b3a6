import type { FreeName, Node, Syntax } from "./syntax.ts";
import { memberName } from "./syntax.ts";

/** What a condition says of a name: that it exists if the condition holds, or if it doesn't; undefined if it says nothing. */
type Says = "exists" | "is absent" | undefined;

const NOT: Readonly<Record<"exists" | "is absent", Says>> = { exists: "is absent", "is absent": "exists" };

/**
 * Whether a name is used only where a condition around or before it says that it exists, as in
 * `typeof fetch === "function" && fetch(…)`, or only to ask whether it does.
 *
 * @param syntax the script
 * @param used one use of the name: an identifier, or a member of `globalThis`
 */
export function isGuarded(syntax: Syntax, { name, node }: FreeName): boolean {
  for (let child = node, parent = syntax.parentOf(child); parent; child = parent, parent = syntax.parentOf(child)) {
    if (parent.type === "UnaryExpression" && parent.operator === "typeof" && child === node) return true;
    if (conditionSays(syntax, name, parent, child) === "exists") return true;
    if ((parent.type === "BlockStatement" || parent.type === "Program") && endsWithout(syntax, name, parent, child))
      return true;
  }
  return false;
}

/** What holds of the name in a part of a statement or expression that has a condition. */
function conditionSays(syntax: Syntax, name: string, whole: Node, part: Node): Says {
  switch (whole.type) {
    case "IfStatement":
    case "ConditionalExpression": {
      const said = saysOf(syntax, name, whole.test as Node);
      if (part === whole.consequent) return said;
      return part === whole.alternate && said ? NOT[said] : undefined;
    }
    case "LogicalExpression": {
      if (part !== whole.right) return undefined;
      const said = saysOf(syntax, name, whole.left as Node);
      if (whole.operator === "&&") return said;
      return whole.operator === "||" && said ? NOT[said] : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether a statement before this one leaves the block where the name doesn't exist. */
function endsWithout(syntax: Syntax, name: string, block: Node & { body: unknown }, statement: Node): boolean {
  const before = (block.body as Node[]).slice(0, (block.body as Node[]).indexOf(statement));
  return before.some(
    (item) =>
      item.type === "IfStatement" &&
      saysOf(syntax, name, item.test as Node) === "is absent" &&
      leaves(item.consequent as Node),
  );
}

function leaves(statement: Node): boolean {
  if (statement.type === "BlockStatement") {
    const last = statement.body.at(-1);
    return last !== undefined && leaves(last as Node);
  }
  return ["ReturnStatement", "ThrowStatement", "ContinueStatement", "BreakStatement"].includes(statement.type);
}

function saysOf(syntax: Syntax, name: string, test: Node, depth = 0): Says {
  const of = (node: unknown) => saysOf(syntax, name, node as Node, depth + 1);
  if (depth > 20) return undefined;
  switch (test.type) {
    case "UnaryExpression": {
      const said = test.operator === "!" ? of(test.argument) : undefined;
      return said && NOT[said];
    }
    case "LogicalExpression": {
      const said = [of(test.left), of(test.right)];
      return said.find((one) => one === (test.operator === "&&" ? "exists" : "is absent"));
    }
    case "BinaryExpression":
      return comparisonSays(name, test as Node & { type: "BinaryExpression" });
    case "CallExpression":
      return test.arguments.length === 1 && isNamed(test.callee as Node, "Boolean") ? of(test.arguments[0]) : undefined;
    case "MemberExpression":
      return isNamed(test, name) ? "exists" : undefined;
    case "Identifier": {
      const variable = syntax.declarationOf(test);
      const [definition, more] = variable?.defs ?? [];
      if (more || definition?.type !== "Variable" || variable?.references.some((one) => one.isWrite() && !one.init))
        return undefined;
      const { init } = definition.node as { init?: Node | null };
      return init ? of(init) : undefined;
    }
    default:
      return undefined;
  }
}

/** `typeof name == "function"`, `typeof name < "u"` (which esbuild writes for `!== "undefined"`), `"name" in globalThis`. */
function comparisonSays(name: string, test: Node & { type: "BinaryExpression" }): Says {
  const { operator } = test;
  const [left, right] = [test.left as Node, test.right as Node];
  if (operator === "in") return literal(left) === name && isNamed(right, "globalThis") ? "exists" : undefined;
  const [asked, compared] = isTypeof(left, name) ? [left, right] : [right, left];
  if (!isTypeof(asked, name)) {
    const [member, other] = isNamed(left, name) ? [left, right] : [right, left];
    if (member.type !== "MemberExpression" || !isNamed(member, name) || !isUndefined(other)) return undefined;
    return operator.startsWith("!") ? "exists" : "is absent";
  }
  const text = literal(compared);
  if (text === undefined) return undefined;
  if (text === "u") return (operator === "<") === (asked === left) ? "exists" : "is absent";
  if (!/^[!=]==?$/.test(operator)) return undefined;
  return operator.startsWith("!") === (text === "undefined") ? "exists" : "is absent";
}

function isTypeof(node: Node, name: string): boolean {
  return node.type === "UnaryExpression" && node.operator === "typeof" && isNamed(node.argument as Node, name);
}

/** Whether an expression is the name, or that member of `globalThis`. */
function isNamed(node: Node, name: string): boolean {
  if (node.type === "Identifier") return node.name === name;
  if (node.type === "ChainExpression") return isNamed(node.expression as Node, name);
  return node.type === "MemberExpression" && memberName(node) === name && isNamed(node.object as Node, "globalThis");
}

function isUndefined(node: Node): boolean {
  if (node.type === "Literal") return node.value === null;
  return (node.type === "UnaryExpression" && node.operator === "void") || isNamed(node, "undefined");
}

function literal(node: Node): string | undefined {
  return node.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
