import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { absentClasses } from "./refusals.ts";
import { memberName, type Node, type Syntax } from "./syntax.ts";

/** Global names that the build adds to filters that use them, with their files in `src/web`. */
const FILES: Readonly<Record<string, string>> = {
  CryptoKey: "crypto-key",
  DOMException: "dom-exception",
  TextDecoder: "text-decoder",
  TextEncoder: "text-encoder",
  URL: "url",
  URLSearchParams: "url",
  atob: "base64",
  btoa: "base64",
  performance: "performance",
  structuredClone: "structured-clone",
};

/** Those that need the engine, and the parts of `crypto`: a filter gets only the parts that it uses. */
const MADE: Readonly<Record<string, { readonly imports: readonly string[]; readonly given: string }>> = {
  console: {
    imports: ['import { makeConsole } from "filter-js:web/console";', 'import { log } from "filter-js:engine";'],
    given: "console: makeConsole(log)",
  },
  "crypto.random": {
    imports: ['import { makeRandom } from "filter-js:web/random";', 'import { randomWord } from "filter-js:engine";'],
    given: "...makeRandom(randomWord)",
  },
  "crypto.digest": {
    imports: ['import { digest } from "filter-js:web/digest";'],
    given: "subtle: { digest }",
  },
  "crypto.subtle": {
    imports: ['import { makeSubtle } from "filter-js:web/subtle";', 'import { hostCall } from "filter-js:engine";'],
    given: "subtle: makeSubtle(hostCall)",
  },
};

/** Before the name of a class that nothing is an instance of. */
const ABSENT = "absent ";

const WHOLE_CRYPTO = ["crypto.random", "crypto.subtle"];

/** The file of a part of the web's APIs. */
export function webFile(name: string): string {
  return fileURLToPath(new URL(`../web/${name}${extname(import.meta.filename)}`, import.meta.url));
}

/**
 * What a filter uses of the web's APIs, as {@link webScript} takes it.
 *
 * @param syntax the filter's script
 * @param has names that the engine itself gives
 */
export function webNames(syntax: Syntax, has: readonly string[]): string[] {
  const names = new Set<string>();
  const use = (name: string, node: Node) => {
    if (has.includes(name)) return;
    if (name === "crypto") for (const part of cryptoParts(syntax, node)) names.add(part);
    else if (Object.hasOwn(FILES, name) || name === "console") names.add(name);
  };
  for (const { name, node } of syntax.free) {
    use(name, node);
    if (name === "globalThis") for (const [member, at] of membersOf(syntax, node)) use(member, at);
  }
  if (names.has("crypto.subtle")) names.delete("crypto.digest");
  return [...names, ...absentClasses(syntax).map((name) => `${ABSENT}${name}`)].sort();
}

/** Names of `globalThis` that are read: as a member, by destructuring, or with `in`. */
function membersOf(syntax: Syntax, object: Node): [name: string, node: Node][] {
  const parent = syntax.parentOf(object);
  if (parent?.type === "MemberExpression") return [[memberName(parent) ?? "", parent]];
  if (parent?.type === "VariableDeclarator" && parent.id.type === "ObjectPattern") {
    return parent.id.properties.flatMap((property): [string, Node][] =>
      property.type === "Property" && property.key.type === "Identifier" ? [[property.key.name, object]] : [],
    );
  }
  return parent?.type === "BinaryExpression" && parent.operator === "in" && parent.left.type === "Literal"
    ? [[String(parent.left.value), object]]
    : [];
}

/** The parts of `crypto` that a use of it needs: all, if it doesn't say. */
function cryptoParts(syntax: Syntax, crypto: Node): readonly string[] {
  const parent = syntax.parentOf(crypto);
  const isAsked =
    parent?.type === "UnaryExpression" || (parent?.type === "LogicalExpression" && parent.left === crypto);
  if (isAsked) return ["crypto.random"];
  if (parent?.type !== "MemberExpression" || parent.object !== crypto) return isSelf(parent) ? [] : WHOLE_CRYPTO;
  switch (memberName(parent)) {
    case "getRandomValues":
    case "randomUUID":
      return ["crypto.random"];
    case "subtle": {
      const method = syntax.parentOf(parent);
      return method && memberName(method) === "digest" ? ["crypto.digest"] : ["crypto.subtle"];
    }
    default:
      return WHOLE_CRYPTO;
  }
}

/** Whether it is what a function of its own is bound to: `crypto.randomUUID.bind(crypto)`. */
function isSelf(call: Node | undefined): boolean {
  return call?.type === "CallExpression" && memberName(call.callee as Node) === "bind";
}

/** The script that gives names of {@link webNames} to `globalThis`; it is evaluated before the filter. */
export function webScript(names: readonly string[]): string {
  const made = names.flatMap((name) => (Object.hasOwn(MADE, name) ? [{ name, ...MADE[name] }] : []));
  const parts = made.filter(({ name }) => name.startsWith("crypto.")).map(({ given }) => given);
  const plain = names.filter((name) => Object.hasOwn(FILES, name));
  const absent = names.filter((name) => name.startsWith(ABSENT)).map((name) => name.slice(ABSENT.length));
  const given = [
    ...plain,
    ...absent.map(
      (name) => `${name}: class { constructor() { throw new TypeError("${name} does not exist in a filter"); } }`,
    ),
    ...made.filter(({ name }) => !name.startsWith("crypto.")).map(({ given }) => given),
    ...(parts.length > 0 ? [`crypto: { ${parts.join(", ")} }`] : []),
  ];
  return [
    ...plain.map((name) => `import { ${name} } from "filter-js:web/${FILES[name]}";`),
    ...made.flatMap(({ imports }) => imports ?? []),
    `for (const [name, value] of Object.entries({ ${given.join(", ")} }))`,
    "  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });",
  ].join("\n");
}
