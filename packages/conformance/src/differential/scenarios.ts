import { globSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { filter, on } from "proxy-wasm-host/testing";
import { parseDocument } from "yaml";
import type { Case } from "../cases/case.ts";
import { parseCases } from "../cases/load.ts";
import { expanded } from "./expand.ts";

/** A small module and its case. */
export interface Scenario {
  readonly of: Case;
  readonly module: Uint8Array;
}

/** A scenario as it is written: a case's fields, and the module in WebAssembly text. */
interface Given {
  readonly name: string;
  /** Code by callback; values on the stack are dropped; the callback returns 0, or the value in `returns`. */
  readonly callbacks?: Readonly<Record<string, string>>;
  readonly returns?: Readonly<Record<string, number>>;
  /** Functions, globals and exports besides the callbacks. */
  readonly module?: string;
  /** What the allocator returns instead of memory. */
  readonly allocate?: string;
  /** The ABI version; 0.2.1 by default. */
  readonly abi?: Parameters<typeof filter>[2];
  readonly [field: string]: unknown;
}

const FOLDER = fileURLToPath(new URL("../../differential/", import.meta.url));

/** Logs a number: `(call $tell (i32.const 5))`. */
const TELL = `(func $tell (param $n i32) (local $at i32)
  (local.set $at (i32.const 1000))
  (loop $more
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
    (br_if $more (local.tee $n (i32.div_u (local.get $n) (i32.const 10)))))
  (drop (call $proxy_log (i32.const 2) (local.get $at) (i32.sub (i32.const 1000) (local.get $at)))))`;

/** Logs the text whose pointer and size the host has written to the addresses 0 and 4: `(call $show)`. */
const SHOW = `(func $show
  (drop (call $proxy_log (i32.const 2) (i32.load (i32.const 0)) (i32.load (i32.const 4)))))`;

/**
 * Reads the scenarios of `differential/*.yaml`.
 *
 * @throws Failure, one line, for a file that isn't YAML, a scenario that violates the schema of cases, or text that isn't WebAssembly
 */
export function loadScenarios(files: readonly string[] = globSync("*.yaml", { cwd: FOLDER }).sort()): Scenario[] {
  return files.flatMap((name) => {
    const file = FOLDER + name;
    const document = parseDocument(readInput(file, "scenarios").toString());
    if (document.errors[0]) throw new Failure(`scenarios ${file}: not YAML: ${document.errors[0].message}`);
    const { clusters, scenarios: given } = document.toJS() as { clusters?: Case["clusters"]; scenarios: Given[] };
    const scenarios = given.flatMap(expanded);
    const cases = scenarios.map(({ callbacks, returns, module, allocate, abi, ...of }) => of);
    return parseCases({ contract: false, ...(clusters && { clusters }), cases }, `probe: ${basename(file)}`).map(
      (of, at) => ({ of, module: assembled(scenarios[at] as Given, file) }),
    );
  });
}

function assembled(
  { name, callbacks = {}, returns = {}, module = "", allocate, abi }: Given,
  file: string,
): Uint8Array {
  const code = Object.entries(callbacks).map(([callback, body]) =>
    on(callback, body, `(i32.const ${returns[callback] ?? 0})`),
  );
  const text = `${code.join("\n")}\n${module}`;
  const parts = [text.includes("$tell") ? TELL : "", text.includes("$show") ? SHOW : ""];
  try {
    return filter(`${parts.join("\n")}\n${text}`, allocate, abi);
  } catch (error) {
    throw new Failure(`scenarios ${file}: ${name}: ${error instanceof Error ? error.message : error}`);
  }
}
