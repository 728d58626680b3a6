/** As much of a JSON schema as says where null is a value. */
export interface NullSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, NullSchema>>;
  readonly additionalProperties?: NullSchema | boolean;
  readonly items?: NullSchema;
  readonly [keyword: string]: unknown;
}

/** Nulls are never a value: Go's types of Kubernetes' own kinds. */
export const NO_NULLS: NullSchema = {
  get additionalProperties() {
    return NO_NULLS;
  },
  get items() {
    return NO_NULLS;
  },
};

/**
 * A value without the fields that are null though their schema does not allow null, as an API server reads it
 * (apiextensions-apiserver pkg/apiserver/schema/defaulting/prunenulls.go). What the schema does not name stays.
 */
export function withoutNulls(value: unknown, schema: NullSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, schema?.items));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const of = schemaOf(schema, name);
    return field === null && of && !of.type?.includes("null") ? [] : [[name, withoutNulls(field, of)]];
  });
  return Object.fromEntries(fields);
}

function schemaOf(schema: NullSchema | undefined, name: string): NullSchema | undefined {
  const { properties, additionalProperties } = schema ?? {};
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}
