import { binaryen } from "./binaryen.ts";

/**
 * Builds the module that contains a script. When it starts, it passes the bytecode to the plugin, which evaluates it.
 *
 * @param plugin the name under which it imports the plugin
 * @param bytecode the script, compiled by that plugin
 * @returns a module that exports `_initialize` and imports the plugin's memory
 */
export function scriptModule(plugin: string, bytecode: Uint8Array): Promise<Uint8Array> {
  const size = bytecode.length;
  const data = Array.from(bytecode, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
  // The last three arguments of invoke would name an exported function to call.
  const text = `(module
    (import "${plugin}" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (import "${plugin}" "invoke" (func $invoke (param i32 i32 i32 i32 i32)))
    (import "${plugin}" "memory" (memory 0))
    (data $bytecode "${data}")
    (func (export "_initialize") (local $at i32)
      (local.set $at (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const ${size})))
      (memory.init $bytecode (local.get $at) (i32.const 0) (i32.const ${size}))
      (call $invoke (local.get $at) (i32.const ${size}) (i32.const 0) (i32.const 0) (i32.const 0))))`;
  return binaryen("wasm-as", { "script.wat": text }, ["script.wat"]);
}
