import { YamlFault } from "./cursor.ts";
import type { Tag } from "./scan-tag.ts";
import { Scanner } from "./scanner.ts";
import type { Token, TokenType } from "./token.ts";

interface At {
  /** Where it begins, in UTF-16 units. */
  readonly at: number;
}
export interface ScalarNode extends At {
  readonly kind: "scalar";
  readonly value: string;
  /** In full, or "". */
  readonly tag: string;
  /** Whether its value decides on its type, if it has no tag. */
  readonly isImplicit: boolean;
}
interface SequenceNode extends At {
  readonly kind: "sequence";
  readonly items: readonly Node[];
}
export interface MappingNode extends At {
  readonly kind: "mapping";
  readonly pairs: readonly (readonly [Node, Node])[];
}
export interface AliasNode extends At {
  readonly kind: "alias";
  readonly name: string;
  readonly target: ScalarNode | SequenceNode | MappingNode;
}
export type Node = ScalarNode | SequenceNode | MappingNode | AliasNode;

const TAG_PREFIX = "tag:yaml.org,2002:";

const empty = (at: number): ScalarNode => ({ kind: "scalar", value: "", tag: "", isImplicit: true, at });

/** A document, and what is behind it. */
export interface Parsed {
  readonly root: Node;
  /** Where text begins that Kubernetes does not read: it stops at the end of the first document. */
  readonly rest?: number;
}

/**
 * Parses the first document of a text.
 *
 * @param text without a byte order mark
 * @param isJson see {@link Scanner}
 * @returns undefined if the text holds nothing
 * @throws YamlFault
 */
export function parseDocument(text: string, isJson: boolean): Parsed | undefined {
  const tokens = new Scanner(text, isJson);
  if (tokens.peek().type === "stream end") return undefined;
  const root = new Parser(tokens).document();
  const rest = restOf(tokens);
  return { root, ...(rest !== undefined && { rest }) };
}

function restOf(tokens: Scanner): number | undefined {
  let token = tokens.peek();
  while (token.type === "document end") {
    tokens.take();
    const { at } = token;
    try {
      token = tokens.peek();
    } catch (error) {
      if (error instanceof YamlFault) return at;
      throw error;
    }
  }
  return token.type === "stream end" ? undefined : token.at;
}

class Parser {
  readonly #tokens: Scanner;
  readonly #handles = new Map([
    ["!", "!"],
    ["!!", TAG_PREFIX],
  ]);
  readonly #anchors = new Map<string, ScalarNode | SequenceNode | MappingNode>();

  constructor(tokens: Scanner) {
    this.#tokens = tokens;
  }

  document(): Node {
    const isExplicit = this.#next("directive");
    this.#directives();
    const { at } = this.#tokens.peek();
    const isMarked = this.#skip("document start");
    if (isExplicit && !isMarked) throw new YamlFault("did not find expected <document start>", at);
    const isEmpty = isMarked && this.#next("directive", "document start", "document end", "stream end");
    return isEmpty ? empty(at) : this.#node(true, false);
  }

  #directives(): void {
    const seen = new Set<string>();
    for (let token = this.#tokens.peek(); token.type === "directive"; token = this.#tokens.peek()) {
      const { directive, at } = token;
      const name = "version" in directive ? "%YAML" : directive.handle;
      if (seen.has(name)) throw new YamlFault(`found duplicate directive ${name}`, at);
      seen.add(name);
      if ("handle" in directive) this.#handles.set(directive.handle, directive.prefix);
      else if (directive.version !== "1.1") throw new YamlFault("found incompatible YAML document", at);
      this.#tokens.take();
    }
  }

  #next(...types: readonly TokenType[]): boolean {
    return types.includes(this.#tokens.peek().type);
  }

  #skip(type: TokenType): boolean {
    const isNext = this.#next(type);
    if (isNext) this.#tokens.take();
    return isNext;
  }

  /** @param isBlock whether it may be a block collection; @param isIndentless a sequence at the column of its key */
  #node(isBlock: boolean, isIndentless: boolean): Node {
    const first = this.#tokens.peek();
    if (first.type === "alias") return this.#alias(first);
    let anchor = this.#anchor();
    const tag = this.#tag(first.at);
    anchor ??= this.#anchor();
    const { at } = first;
    const token = this.#tokens.peek();
    if (token.type === "scalar") {
      this.#tokens.take();
      const isImplicit = (tag === "" && token.isPlain) || tag === "!";
      return this.#named(anchor, { kind: "scalar", value: token.value, tag, isImplicit, at });
    }
    if (token.type === "[") return this.#sequence(anchor, at, () => this.#flowItems());
    if (token.type === "{") return this.#mapping(anchor, at, () => this.#flowPairs());
    if (token.type === "-" && isIndentless) return this.#sequence(anchor, at, () => this.#indentlessItems());
    if (token.type === "block sequence start" && isBlock) return this.#sequence(anchor, at, () => this.#blockItems());
    if (token.type === "block mapping start" && isBlock) return this.#mapping(anchor, at, () => this.#blockPairs());
    if (anchor === undefined && tag === "") throw new YamlFault("did not find expected node content", token.at);
    return this.#named(anchor, { ...empty(at), tag, isImplicit: tag === "" });
  }

  #alias({ name, at }: Extract<Token, { name: string }>): AliasNode {
    this.#tokens.take();
    const target = this.#anchors.get(name);
    if (!target) throw new YamlFault(`unknown anchor '${name}' referenced`, at);
    return { kind: "alias", name, target, at };
  }

  #anchor(): string | undefined {
    const token = this.#tokens.peek();
    if (token.type !== "anchor") return undefined;
    this.#tokens.take();
    return token.name;
  }

  #tag(at: number): string {
    const token = this.#tokens.peek();
    if (token.type !== "tag") return "";
    this.#tokens.take();
    const { handle, suffix }: Tag = token.tag;
    if (handle === "") return suffix;
    const prefix = this.#handles.get(handle);
    if (prefix === undefined) throw new YamlFault("found undefined tag handle", at);
    return prefix + suffix;
  }

  #named<N extends ScalarNode | SequenceNode | MappingNode>(anchor: string | undefined, node: N): N {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  // An anchor is known inside of its own collection: an alias there is an error of its own.
  #sequence(anchor: string | undefined, at: number, items: () => Iterable<Node>): SequenceNode {
    const all: Node[] = [];
    const node = this.#named(anchor, { kind: "sequence", items: all, at } as const);
    for (const item of items()) all.push(item);
    return node;
  }

  #mapping(anchor: string | undefined, at: number, pairs: () => Iterable<[Node, Node]>): MappingNode {
    const all: [Node, Node][] = [];
    const node = this.#named(anchor, { kind: "mapping", pairs: all, at } as const);
    for (const pair of pairs()) all.push(pair);
    return node;
  }

  /** A node in a block collection, unless one of these tokens is next: then it is empty. */
  #blockNode(isIndentless: boolean, ...ends: readonly TokenType[]): Node {
    return this.#next(...ends) ? empty(this.#tokens.peek().at) : this.#node(true, isIndentless);
  }

  #flowNode(...ends: readonly TokenType[]): Node {
    return this.#next(...ends) ? empty(this.#tokens.peek().at) : this.#node(false, false);
  }

  *#blockItems(): Generator<Node> {
    this.#tokens.take();
    while (this.#skip("-")) yield this.#blockNode(false, "-", "block end");
    if (!this.#skip("block end")) throw new YamlFault("did not find expected '-' indicator", this.#tokens.peek().at);
  }

  *#indentlessItems(): Generator<Node> {
    while (this.#skip("-")) yield this.#blockNode(false, "-", "key", "value", "block end");
  }

  *#blockPairs(): Generator<[Node, Node]> {
    this.#tokens.take();
    while (this.#skip("key")) {
      const key = this.#blockNode(true, "key", "value", "block end");
      const hasValue = this.#skip("value");
      const { at } = this.#tokens.peek();
      yield [key, hasValue ? this.#blockNode(true, "key", "value", "block end") : empty(at)];
    }
    if (!this.#skip("block end")) throw new YamlFault("did not find expected key", this.#tokens.peek().at);
  }

  *#flowItems(): Generator<Node> {
    for (let isFirst = true; this.#flowContinues(isFirst, "]"); isFirst = false) {
      const { at } = this.#tokens.peek();
      if (this.#skip("key")) yield { kind: "mapping", pairs: [this.#onlyPair()], at };
      else yield this.#node(false, false);
    }
  }

  *#flowPairs(): Generator<[Node, Node]> {
    for (let isFirst = true; this.#flowContinues(isFirst, "}"); isFirst = false) {
      const { at } = this.#tokens.peek();
      if (this.#skip("key")) yield this.#flowPair("}");
      else yield [this.#node(false, false), empty(at)];
    }
  }

  /** Whether a flow collection has another entry; passes what is before it, or the end. */
  #flowContinues(isFirst: boolean, end: "]" | "}"): boolean {
    if (isFirst) this.#tokens.take();
    else if (!this.#next(end) && !this.#skip(",")) {
      throw new YamlFault(`did not find expected ',' or '${end}'`, this.#tokens.peek().at);
    }
    return !this.#skip(end);
  }

  /** A pair in a sequence. Go's parser passes whatever follows an absent key. */
  #onlyPair(): [Node, Node] {
    const { at } = this.#tokens.peek();
    if (!this.#next("value", ",", "]")) return this.#flowPair("]");
    this.#tokens.take();
    const hasValue = this.#skip("value");
    return [empty(at), hasValue ? this.#flowNode(",", "]") : empty(at)];
  }

  #flowPair(end: "]" | "}"): [Node, Node] {
    const key = this.#flowNode("value", ",", end);
    const hasValue = this.#skip("value");
    const { at } = this.#tokens.peek();
    return [key, hasValue ? this.#flowNode(",", end) : empty(at)];
  }
}
