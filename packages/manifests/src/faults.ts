import { Ajv, type ErrorObject } from "ajv";
import type { Path } from "./documents.ts";

/** What is wrong with a value, and where in it. */
export interface Fault {
  readonly path: Path;
  readonly reason: string;
}

const MAX_BYTES = {
  keyword: "maxBytes",
  type: "string",
  schemaType: "number",
  validate: (limit: number, text: string) => Buffer.byteLength(text) <= limit,
  error: { message: "is too long" },
} as const;

/**
 * Makes a check against a JSON schema, which may also have `maxBytes`, the limit of a text in bytes of UTF-8.
 *
 *
 * @param schema of the values
 * @returns takes a value, gives its faults in the schema's order
 */
export function schemaCheck(schema: object): (value: unknown) => Fault[] {
  // Compiled when first needed: most commands check one kind.
  let check: ReturnType<Ajv["compile"]> | undefined;
  return (value) => {
    check ??= new Ajv({ allErrors: true, allowUnionTypes: true, keywords: [MAX_BYTES] }).compile(schema);
    return check(value) ? [] : (check.errors ?? []).map((error) => schemaFault(error, value));
  };
}

/** What one of ajv's errors says. */
export function schemaFault({ instancePath, keyword, params, message }: ErrorObject, value: unknown): Fault {
  const path = pathOf(instancePath, value);
  switch (keyword) {
    case "additionalProperties":
      return { path, reason: `has no field ${JSON.stringify(params.additionalProperty)}` };
    case "required":
      return { path, reason: `needs the field ${params.missingProperty}` };
    case "maxBytes":
      return { path, reason: "is longer than Istio takes, in bytes of UTF-8" };
    case "enum":
      return { path, reason: `must be one of ${params.allowedValues.join(", ")}` };
    default:
      return { path, reason: message ?? keyword };
  }
}

/** A JSON pointer as a path: where the value has a list, the step is a number. */
function pathOf(pointer: string, value: unknown): Path {
  let at = value;
  return pointer
    .split("/")
    .slice(1)
    .map((step) => {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      const key = Array.isArray(at) ? Number(name) : name;
      at = (at as Record<string | number, unknown> | undefined)?.[key];
      return key;
    });
}

/** A path as people write it: `spec.match[0].ports`. */
export function pathText(path: Path): string {
  return path
    .map((step) =>
      typeof step === "number" ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join("")
    .replace(/^\./, "");
}

/** The same faults in a value that is part of a larger one. */
export function within(faults: readonly Fault[], ...path: Path): Fault[] {
  return faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}
