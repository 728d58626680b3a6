import type { Callback } from "@wasm-header-filter/filter-js/callbacks";
import { binaryen } from "./binaryen.ts";

/** An export that calls the script's dispatcher, with the callback's number. */
export interface DispatchedExport {
  readonly name: string;
  readonly callback: Callback;
  readonly index: number;
}

/** The function that scripts call first, in modules with a dispatcher and in others: the plugin imports it. */
const define = (plugin: string, name: string) =>
  `(import "${plugin}" "${name}" (func $define (param i32 i64 i32 i32) (result i64)))`;

const RANDOM = '(import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))';

/** What a script that takes random numbers calls first instead: it answers 25, an integer in QuickJS's representation, with another one. */
const WITH_RANDOM = `(global $word (mut i32) (i32.const 0))
    (func (export "define") (param i32 i64 i32 i32) (result i64)
      (if (i64.ne (i64.load (local.get 3)) (i64.const 25))
        (then (return (call $define (local.get 0) (local.get 1) (local.get 2) (local.get 3)))))
      (if (i32.eqz (global.get $word))
        (then (global.set $word (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 4)))))
      (if (call $random_get (global.get $word) (i32.const 4)) (then (unreachable)))
      (i64.load32_u (global.get $word)))`;

/** The parameters of the plugin's `dispatch` between the callback's number and its name. */
const PARAMETERS = 5;

/** The callbacks' names, each with a zero byte after it. */
function namesOf(callbacks: readonly DispatchedExport[]): string {
  return callbacks.map(({ callback }) => `${callback.name}\0`).join("");
}

function dispatched(plugin: string, callbacks: readonly DispatchedExport[]): string {
  let offset = 0;
  const exported = callbacks.map(({ name, callback, index }) => {
    const given = Array.from({ length: PARAMETERS }, (_, at) =>
      at < callback.parameters ? `(local.get ${at})` : "(i32.const 0)",
    );
    const at = `(i32.add (global.get $names) (i32.const ${offset}))`;
    offset += callback.name.length + 1;
    const call = `(call $dispatch (i32.const ${index}) ${given.join(" ")} ${at})`;
    const signature = `(param ${"i32 ".repeat(callback.parameters)})${callback.result ? " (result i32)" : ""}`;
    return `(func (export "${name}") ${signature} ${callback.result ? call : `(drop ${call})`})`;
  });
  return `(import "${plugin}" "dispatch" (func $dispatch (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
    (global $names (mut i32) (i32.const 0))
    ${exported.join("\n    ")}`;
}

/**
 * Builds the module that contains a script. When it starts, it passes the bytecode to the plugin, which evaluates it.
 *
 * @param plugin the name under which it imports the plugin
 * @param bytecode the script, compiled by that plugin
 * @param callbacks the exports that call the script's dispatcher; undefined for a script without
 * @param hasRandom whether the script takes random numbers
 * @returns a module that exports `_initialize` and imports the plugin's memory
 */
export function scriptModule(
  plugin: string,
  bytecode: Uint8Array,
  callbacks?: readonly DispatchedExport[],
  hasRandom = false,
): Promise<Uint8Array> {
  // The last three arguments of invoke would name an exported function to call.
  const text = `(module
    (import "${plugin}" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (import "${plugin}" "invoke" (func $invoke (param i32 i32 i32 i32 i32)))
    (import "${plugin}" "memory" (memory 0))
    ${hasRandom ? RANDOM : ""}
    ${define(plugin, callbacks ? "extended" : "define-filter")}
    ${hasRandom ? "" : '(export "define" (func $define))'}
    ${callbacks ? dispatched(plugin, callbacks) : ""}
    ${hasRandom ? WITH_RANDOM : ""}
    ${data("bytecode", bytecode)}
    ${callbacks ? data("names", new TextEncoder().encode(namesOf(callbacks))) : ""}
    (func (export "_initialize") (local $at i32)
      ${callbacks ? `${place("names", namesOf(callbacks).length)} (global.set $names (local.get $at))` : ""}
      ${place("bytecode", bytecode.length)}
      (call $invoke (local.get $at) (i32.const ${bytecode.length}) (i32.const 0) (i32.const 0) (i32.const 0))))`;
  return binaryen("wasm-as", { "script.wat": text }, ["script.wat"]);
}

function data(name: string, bytes: Uint8Array): string {
  return `(data $${name} "${Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}")`;
}

/** Copies data into memory of the plugin, and puts its address into `$at`. */
function place(name: string, size: number): string {
  return `(local.set $at (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const ${size})))
      (memory.init $${name} (local.get $at) (i32.const 0) (i32.const ${size}))`;
}
