import { Environment } from "@marcbachmann/cel-js";
import { Ajv } from "ajv";
import { parse } from "yaml";

/** As far as Istio's definitions use it: a structural schema with Kubernetes' extensions. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly "x-kubernetes-validations"?: readonly { readonly rule: string; readonly message: string }[];
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
}

/**
 * Checks resources as an API server does that has a resource definition: schema with strict field validation, keyed lists and CEL rules.
 *
 * @param text the definition, in YAML
 * @returns takes a resource's `spec`, gives what is wrong with it
 */
export function definition(text: string): (spec: unknown) => string[] {
  const { spec } = parse(text).spec.versions[0].schema.openAPIV3Schema.properties;
  const schema = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(strict(spec) as object);
  return (value) => {
    if (schema(value)) return rules(spec, value, "");
    return (schema.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  };
}

/** The schema as an API server with strict field validation applies it: what it doesn't name is refused. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, ...plain } = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  if (nullable) plain.type = [plain.type, "null"];
  const open = "x-kubernetes-preserve-unknown-fields" in schema || "additionalProperties" in schema;
  return "properties" in schema && !open ? { ...plain, additionalProperties: false } : plain;
}

class GoUrl {
  readonly scheme: string;
  constructor(scheme: string) {
    this.scheme = scheme;
  }
}

// Kubernetes' URL library for CEL (apiserver/pkg/cel/library/urls.go).
const cel = new Environment({ unlistedVariablesAreDyn: true })
  .registerType("URL", { ctor: GoUrl })
  .registerFunction("isURL(string): bool", (text: string) => schemeOf(text) !== undefined)
  .registerFunction("url(string): URL", (text: string) => new GoUrl(schemeOf(text) ?? ""))
  .registerFunction("URL.getScheme(): string", (url: GoUrl) => url.scheme);

/** The scheme that Go's url.ParseRequestURI finds; empty for an absolute path, undefined where it fails. */
function schemeOf(text: string): string | undefined {
  if (/[\p{Cc} ]/u.test(text)) return undefined;
  if (text.startsWith("/")) return "";
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/(?:\/([^/?]*))?/i.exec(text) ?? [];
  if (scheme === undefined || !/^(?:[^:[\]<>"\\^`{|}]*|\[[0-9a-f:.]+\])(?::\d*)?$/i.test(authority ?? ""))
    return undefined;
  return scheme.toLowerCase();
}

function rules(schema: Schema, value: unknown, path: string): string[] {
  const found = (schema["x-kubernetes-validations"] ?? [])
    .filter(({ rule }) => !cel.evaluate(rule, { self: value }))
    .map(({ message }) => `${path} ${message}`);
  if (Array.isArray(value)) {
    const keys = schema["x-kubernetes-list-map-keys"];
    const names = keys && value.map((item) => JSON.stringify(keys.map((key) => item[key])));
    if (names && new Set(names).size < names.length) found.push(`${path} duplicate`);
    return [...found, ...value.flatMap((item, at) => rules(schema.items ?? {}, item, `${path}/${at}`))];
  }
  if (typeof value !== "object" || value === null) return found;
  const parts = Object.entries(value).flatMap(([name, part]) =>
    rules(schema.properties?.[name] ?? schema.additionalProperties ?? {}, part, `${path}/${name}`),
  );
  return [...found, ...parts];
}
