import { damaged, type Random } from "@wasm-header-filter/cli/random";
import type { Pair } from "proxy-wasm-host";
import { assembleCase, CALLBACKS, filter, GOOD_MODULES, HOST_FUNCTIONS, on, pairs } from "proxy-wasm-host/testing";
import { observer } from "../exchanges/filter.ts";

const ABIS = ["0.2.1", "0.2.1", "0.2.0", "0.1.0"] as const;
/** Callbacks that the assembler adds itself, or that would hide the others. */
const LEFT_OUT = new Set(["malloc", "proxy_on_memory_allocate", "main", "_start"]);
const TEXTS = [
  "",
  "hello",
  ":path",
  ":status",
  ":authority",
  "connection",
  "\\00",
  "\\ff\\fe",
  "__proto__",
  "c",
  "x".repeat(300),
];
const PATHS = [
  "request\\00path",
  "request\\00headers\\00hello",
  "response\\00code",
  "plugin_name",
  "filter_state",
  "a\\00b",
  "",
  "\\00\\00",
];
const FOREIGN = [
  "compress",
  "uncompress",
  "expr_create",
  "expr_evaluate",
  "set_envoy_filter_state",
  "clear_route_cache",
  "verify_signature",
  "sign",
  "",
];
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 1024, 65_535, 65_536, 200_000, -1, -2_147_483_648];
const PAIRS: readonly (readonly Pair[])[] = [
  [],
  [["a", "b"]],
  [
    [":status", "200"],
    [":path", "/"],
    [":method", "GET"],
    [":authority", "a.example"],
  ],
  [["", ""]],
  [[":status", "abc"]],
];
/** What tends to go wrong beside host calls. Loops without an end are stopped by the time limit of a callback. */
const RARE = [
  "(unreachable)",
  "(drop (memory.grow (i32.const 5)))",
  "(loop $l (br $l))",
  "(drop (i32.load (i32.const -4)))",
];

const small = GOOD_MODULES.map(assembleCase).filter(({ length }) => length < 20_000);
const valid = [...small, observer()];

/** Makes a module: one that calls host functions with all kinds of arguments from its callbacks, or a damaged one. */
export function moduleInput(random: Random): Uint8Array {
  if (random.oneIn(3)) return damaged(random, random.pick(valid));
  const abi = random.pick(ABIS);
  const functions = HOST_FUNCTIONS.filter(({ abis }) => abis.includes(abi));
  const callbacks = CALLBACKS.filter(({ name }) => !LEFT_OUT.has(name) && random.oneIn(name === "_initialize" ? 8 : 2));
  const call = (): string => {
    if (random.oneIn(40)) return random.pick(RARE);
    const { name, parameters, type } = random.pick(functions);
    const values = parameters.map(({ form, result }) => argument(random, name, form, result));
    const run = `(call $${name} ${values.join(" ")})`;
    return type.results.length > 0 ? `(drop ${run})` : run;
  };
  const body = callbacks.map(({ name }) => {
    const returns = random.oneIn(3) ? number(random) : `(i32.const ${/start|configur|done/.test(name) ? 1 : 0})`;
    return on(name, random.several(0, 5, call).join(" "), returns);
  });
  return filter(
    abi === "0.1.0"
      ? body.join("\n").replace(/(\$headers i32\)) \(param \$end_of_stream i32\)/g, "$1")
      : body.join("\n"),
    random.oneIn(20) ? number(random) : undefined,
    abi,
  );
}

const number = (random: Random): string => `(i32.const ${random.pick(NUMBERS)})`;

/** A value for a parameter: one that fits most of the time. */
function argument(random: Random, name: string, form: unknown, result: boolean): string {
  const isRun = form === "bytes" || form === "text" || form === "path" || form === "pairs";
  if (random.oneIn(10))
    return isRun
      ? `${number(random)} ${number(random)}`
      : form === "i64" || form === "u64"
        ? wide(random, result)
        : number(random);
  if (result) return isRun ? "(i32.const 16) (i32.const 20)" : "(i32.const 24)";
  if (form === "text" || form === "bytes")
    return `"${random.pick(name === "proxy_call_foreign_function" ? FOREIGN : TEXTS)}"*`;
  if (form === "path") return `"${random.pick(PATHS)}"*`;
  if (form === "pairs") return `"${pairs(...random.pick(PAIRS))}"*`;
  if (form === "i64" || form === "u64") return wide(random, result);
  return `(i32.const ${random.below(10)})`;
}

const wide = (random: Random, result: boolean): string =>
  result
    ? number(random)
    : `(i64.const ${random.pick(["0", "1", "-1", "9223372036854775807", "-9223372036854775808"])})`;
