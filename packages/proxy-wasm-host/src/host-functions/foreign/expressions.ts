import { utf8 } from "../../abi/bytes.ts";
import { Status } from "../../abi/status.ts";
import type { Vm } from "../../vm/vm.ts";
import { celEnvironment, hasFunctions } from "./cel-functions.ts";
import { celBytes, celVariables } from "./cel-values.ts";
import type { ForeignFunction } from "./function.ts";

type Expression = (variables: object) => unknown;

const ENVIRONMENT = celEnvironment();

/** The expressions of each root context, by token. */
const EXPRESSIONS = new WeakMap<object, Map<number, Expression>>();

function expressionsOf({ running }: Vm): Map<number, Expression> {
  const owner = running.root ?? running;
  const known = EXPRESSIONS.get(owner) ?? new Map<number, Expression>();
  EXPRESSIONS.set(owner, known);
  return known;
}

/** The last token of each root context: Envoy gives each token once. */
const LAST_TOKENS = new WeakMap<object, number>();

const tokenOf = (input: Uint8Array): number | undefined =>
  input.length === 4 ? new DataView(input.buffer, input.byteOffset).getUint32(0, true) : undefined;

/**
 * Prepares a CEL expression.
 *
 * @returns its token in 4 bytes; BAD_ARGUMENT if it is malformed or has an unknown function
 */
const create: ForeignFunction = (vm, input) => {
  const expressions = expressionsOf(vm);
  let parsed: ReturnType<typeof ENVIRONMENT.parse>;
  try {
    parsed = ENVIRONMENT.parse(utf8(input));
  } catch {
    return Status.BAD_ARGUMENT;
  }
  // What can be parsed takes a token, even if it has an unknown function.
  const token = (LAST_TOKENS.get(expressions) ?? -1) + 1;
  LAST_TOKENS.set(expressions, token);
  if (!hasFunctions(parsed.ast)) return Status.BAD_ARGUMENT;
  expressions.set(token, (variables) => parsed(variables as Record<string, unknown>));
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, token, true);
  return bytes;
};

/**
 * Evaluates an expression with the attributes of the context whose callback is running.
 *
 * @returns the result's bytes; NOT_FOUND for an unknown token, BAD_ARGUMENT for one that isn't 4 bytes; INTERNAL_FAILURE if the
 * evaluation fails; SERIALIZATION_FAILURE for a result that has no bytes
 */
const evaluate: ForeignFunction = (vm, input) => {
  const token = tokenOf(input);
  if (token === undefined) return Status.BAD_ARGUMENT;
  const expression = expressionsOf(vm).get(token);
  if (!expression) return Status.NOT_FOUND;
  let result: unknown;
  try {
    result = expression(celVariables((name) => vm.running.attribute(name)));
  } catch {
    return Status.INTERNAL_FAILURE;
  }
  return celBytes(result) ?? Status.SERIALIZATION_FAILURE;
};

/** Forgets an expression. @returns OK, even if there is none; BAD_ARGUMENT for a token that isn't 4 bytes */
const forget: ForeignFunction = (vm, input) => {
  const token = tokenOf(input);
  if (token === undefined) return Status.BAD_ARGUMENT;
  expressionsOf(vm).delete(token);
  return Status.OK;
};

/** Envoy's functions for CEL expressions (envoyproxy/envoy, source/extensions/common/wasm/foreign.cc). */
export const expressionFunctions = { expr_create: create, expr_evaluate: evaluate, expr_delete: forget };
