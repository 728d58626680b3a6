import { YamlFault } from "./cursor.ts";
import type { AliasNode, MappingNode, Node } from "./parser.ts";
import { resolveScalar, type Scalar } from "./resolve-scalar.ts";

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const MERGE = "tag:yaml.org,2002:merge";

/**
 * A document as JSON, as Kubernetes' strict reader makes it (sigs.k8s.io/yaml, YAMLToJSONStrict).
 *
 * @throws YamlFault for what JSON cannot hold, for a key that is there twice, and for aliases that make too much of it
 */
export function toJson(root: Node): Json {
  const decoder = new Decoder();
  return decoder.value(root);
}

class Decoder {
  readonly #open = new Set<AliasNode>();
  // The document itself counts.
  #decoded = 1;
  #aliased = 0;

  value(node: Node): Json {
    this.#count(node);
    switch (node.kind) {
      case "alias":
        return this.#alias(node, () => this.value(node.target));
      case "sequence":
        return node.items.map((item) => this.value(item));
      case "mapping": {
        const pairs = new Pairs();
        this.#pairs(node, pairs);
        return pairs.object();
      }
      default:
        return scalarJson(resolveScalar(node), node.at);
    }
  }

  #count({ at }: Node): void {
    this.#decoded += 1;
    if (this.#open.size > 0) this.#aliased += 1;
    if (this.#aliased <= 100 || this.#decoded <= 1000) return;
    if (this.#aliased / this.#decoded > allowedRatio(this.#decoded))
      throw new YamlFault("document contains excessive aliasing", at);
  }

  #alias<T>(node: AliasNode, action: () => T): T {
    if (this.#open.has(node)) throw new YamlFault(`anchor '${node.name}' value contains itself`, node.at);
    this.#open.add(node);
    const result = action();
    this.#open.delete(node);
    return result;
  }

  #pairs({ pairs }: MappingNode, into: Pairs): void {
    for (const [key, value] of pairs) {
      if (isMerge(key)) this.#merge(value, into);
      else into.add(this.#key(key), () => this.value(value), key.at);
    }
  }

  #key(node: Node): Scalar {
    this.#count(node);
    if (node.kind === "alias") return this.#alias(node, () => this.#key(node.target));
    if (node.kind !== "scalar") throw new YamlFault(`invalid map key: a ${node.kind}`, node.at);
    return resolveScalar(node);
  }

  #merge(node: Node, into: Pairs): void {
    const sources = node.kind === "sequence" ? node.items.toReversed() : [node];
    for (const source of sources) {
      const isAlias = source.kind === "alias";
      const mapping = isAlias ? source.target : source;
      if (mapping.kind !== "mapping")
        throw new YamlFault("map merge requires map or sequence of maps as the value", source.at);
      this.#count(source);
      if (!isAlias) this.#pairs(mapping, into);
      else
        this.#alias(source, () => {
          this.#count(mapping);
          this.#pairs(mapping, into);
        });
    }
  }
}

function isMerge(key: Node): boolean {
  return key.kind === "scalar" && key.value === "<<" && (key.isImplicit || key.tag === MERGE);
}

/** The part of a document that may come from aliases: less of a large one (go.yaml.in/yaml v2, decode.go). */
function allowedRatio(decoded: number): number {
  const [low, high] = [400_000, 4_000_000];
  if (decoded <= low) return 0.99;
  return decoded >= high ? 0.1 : 0.99 - (0.89 * (decoded - low)) / (high - low);
}

/** The fields of a mapping. */
class Pairs {
  readonly #values = new Map<
    string,
    { readonly type: Scalar["type"]; readonly key: Scalar["value"]; readonly value: Json }
  >();

  add(key: Scalar, read: () => Json, at: number): void {
    const name = keyText(key, at);
    const value = read();
    const type = key.type === "timestamp" || key.type === "binary" ? "str" : key.type;
    const other = this.#values.get(name);
    if (other && other.type !== type)
      throw new YamlFault(`the keys of types ${other.type} and ${type} are both ${JSON.stringify(name)} in JSON`, at);
    // Go's floats are keys of 64 bits, and written as such of 32 bits.
    if (other && other.key !== key.value)
      throw new YamlFault(`the keys ${other.key} and ${key.value} are both ${JSON.stringify(name)} in JSON`, at);
    if (other) throw new YamlFault(`key ${JSON.stringify(name)} already set in map`, at);
    this.#values.set(name, { type, key: key.value, value });
  }

  object(): Json {
    return Object.fromEntries([...this.#values].map(([name, { value }]) => [name, value]));
  }
}

function keyText(key: Scalar, at: number): string {
  switch (key.type) {
    case "null":
      throw new YamlFault("unsupported map key: null", at);
    case "uint":
      throw new YamlFault(`unsupported map key of type: uint64, key: ${key.value}`, at);
    case "float":
      return floatText(key.value);
    default:
      return String(key.value);
  }
}

/** A number as Go writes it with the shortest digits of a 32-bit float, which is what keys are. */
function floatText(value: number): string {
  const float = Math.fround(value);
  if (Number.isNaN(float)) return ".nan";
  if (!Number.isFinite(float)) return float > 0 ? ".inf" : "-.inf";
  if (float === 0) return Object.is(float, -0) ? "-0" : "0";
  let text = "";
  for (let digits = 1; Math.fround(Number(text)) !== float; digits++) text = float.toExponential(digits - 1);
  const [mantissa = "", exponent = "0"] = text.split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(text));
  const size = String(Math.abs(power)).padStart(2, "0");
  return `${mantissa}e${power < 0 ? "-" : "+"}${size}`;
}

function scalarJson(scalar: Scalar, at: number): Json {
  if (typeof scalar.value === "bigint") return Number(scalar.value);
  if (scalar.type === "float" && !Number.isFinite(scalar.value)) {
    const name = Number.isNaN(scalar.value) ? "NaN" : scalar.value > 0 ? "+Inf" : "-Inf";
    throw new YamlFault(`json: unsupported value: ${name}`, at);
  }
  return scalar.value;
}
