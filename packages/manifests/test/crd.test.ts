import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Kinds } from "../src/index.ts";
import { plugin } from "./plugin.ts";

const path = fileURLToPath(new URL("../../../../shared/crds/wasmplugins.extensions.istio.io.yaml", import.meta.url));
const missing = !existsSync(path);
const why = missing ? " (skipped: no folder shared/crds beside the repository)" : "";

/** The schema as an API server with strict field validation applies it: what it doesn't name is refused. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const plain = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  const open = "x-kubernetes-preserve-unknown-fields" in schema || "additionalProperties" in schema;
  return "properties" in schema && !open ? { ...plain, additionalProperties: false } : plain;
}

function faults(resource: object): unknown {
  const crd = parse(readFileSync(path, "utf8"));
  const { spec } = crd.spec.versions[0].schema.openAPIV3Schema.properties;
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(strict(spec) as object);
  validate((resource as Kinds["WasmPlugin"]).spec);
  return validate.errors?.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`) ?? [];
}

describe.skipIf(missing)(`the definition that Istio ships${why}`, () => {
  test("takes our WasmPlugin", () => {
    expect(faults(plugin)).toEqual([]);
  });

  test("refuses a spoiled one", () => {
    expect(faults({ spec: { ...plugin.spec, sha256: "x", pluginconfig: {} } })).toEqual([
      " additionalProperties",
      "/sha256 pattern",
    ]);
  });
});
