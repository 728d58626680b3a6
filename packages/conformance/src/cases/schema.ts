import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";

const schema = JSON.parse(readFileSync(new URL("../../schema/cases.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  verbose: true,
  formats: { regex: isRegularExpression },
}).compile(schema);

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/** A violation of the schema. */
export interface Departure {
  /** Keys and indices from the top of the file. */
  readonly path: readonly (string | number)[];
  readonly what: string;
}

/**
 * Checks a parsed case file against `cases.schema.json`.
 *
 * @returns the first violation of the schema, or undefined
 */
export function departure(file: unknown): Departure | undefined {
  if (validate(file)) return undefined;
  // The first invalid case. Of several failed alternatives, the one that matched deepest is most likely the one that was meant.
  const [first] = (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== "if" && keyword !== "anyOf")
    .sort((a, b) => caseAt(a) - caseAt(b) || depth(b) - depth(a) || constants(a) - constants(b));
  const error = first ?? (validate.errors?.[0] as ErrorObject);
  return { path: pathOf(error), what: describe(error) };
}

const depth = ({ instancePath }: ErrorObject): number => instancePath.split("/").length;

const constants = ({ keyword }: ErrorObject): number => Number(keyword === "const");

const caseAt = (error: ErrorObject): number => Number(pathOf(error)[1] ?? -1);

function pathOf({ instancePath }: ErrorObject): (string | number)[] {
  const keys = instancePath
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

function describe({ keyword, params, message, data, parentSchema }: ErrorObject): string {
  const got = `got ${JSON.stringify(data)?.slice(0, 60)}`;
  switch (keyword) {
    case "additionalProperties":
      return `unknown key ${JSON.stringify(params.additionalProperty)}, expected ${Object.keys(parentSchema?.properties ?? {}).join(", ")}`;
    case "enum":
      return `expected one of ${params.allowedValues.join(", ")}, ${got}`;
    case "const":
      return `expected ${JSON.stringify(params.allowedValue)}, ${got}`;
    case "format":
      return `expected a regular expression, ${got}`;
    case "pattern":
      return `expected text like ${params.pattern}, ${got}`;
    case "required":
      return `missing ${JSON.stringify(params.missingProperty)}`;
    case "dependentRequired":
      return `${JSON.stringify(params.property)} requires ${JSON.stringify(params.missingProperty)}`;
    case "minItems":
    case "minProperties":
      return `expected at least ${params.limit}, ${got}`;
    case "maxItems":
    case "maxProperties":
      return `expected at most ${params.limit}, ${got}`;
    case "false schema":
      return "not allowed together with the other keys of the case";
    default:
      return `${message?.replace(/^must (be )?/, "expected ")}, ${got}`;
  }
}
