import { readFileSync, writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { expect, test } from "vitest";
import { ORDER } from "../examples/npm-packages/order-schema.ts";

const FILE = new URL("../examples/npm-packages/validate-order.generated.js", import.meta.url);

test("the validator of the example is what Ajv makes of its schema", () => {
  const ajv = new Ajv({ code: { source: true, esm: true } });
  const code = `${standalone.default(ajv, ajv.compile(ORDER))}\n`;
  if (process.env.RECORD) writeFileSync(FILE, code);
  expect(readFileSync(FILE, "utf8")).toBe(code);
});
