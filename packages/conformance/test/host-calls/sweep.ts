import type { Signature } from "proxy-wasm-host";
import { type AbiVersion, abiMarker, assemble, typeText } from "proxy-wasm-host/testing";

/** A host function under one of the import modules that have it. */
export interface Imported {
  readonly module: string;
  readonly signature: Signature;
}

/** The module's own functions that run before its callbacks. */
export type Phase = "_initialize" | "_start" | "main" | "__main_void";

/** The callbacks in which it makes its calls afterwards. */
export const CALLBACKS = ["proxy_on_vm_start", "proxy_on_configure", "proxy_on_request_headers"] as const;

/** The memory that calls read and write, which has the same contents before each of them. */
const AREA = 1024;
/** Where texts are, and where a line is put together: beyond what `random_get` can fill. */
const TEXTS = 66_000;
const LINE = 73_728;
const END = 2 * 65536;

/** Eight bytes that are a vector of 3 bytes at the address 32: what `fd_write` takes. */
const FILL = (3n << 32n) | 32n;

/** Values that are small, beyond the memory, or at its end. */
const VALUES = [0, 1, -1, END - 3, END];

/** The memory after these is not compared: it differs from call to call, or depends on the other VMs of the process. */
const CHANGING = new Set([
  "clock_time_get",
  "random_get",
  "proxy_get_current_time_nanoseconds",
  "proxy_get_metric",
  "proxy_register_shared_queue",
  "proxy_resolve_shared_queue",
]);

/** What a function is called with: addresses and descriptors, then each parameter replaced by each value. */
function argumentLists({ type: { parameters } }: Signature): number[][] {
  const pointers = parameters.map((_, at) => 64 + 32 * at);
  const bases = [0, 1, 2, 3].map((first) => [first, ...pointers.slice(1)].slice(0, parameters.length));
  const zeros = parameters.map(() => 0);
  const changed = [bases[1] ?? [], zeros].flatMap((base) =>
    base.flatMap((_, at) => VALUES.map((value) => base.map((old, index) => (index === at ? value : old)))),
  );
  return [zeros, pointers, ...bases, ...changed];
}

/**
 * A module that calls functions with many arguments, and logs what each call returned and a sum of the memory after it: one line for
 * each function and phase, `MARK PHASE MODULE.NAME RESULT:SUM ...`.
 *
 * @param mark what its lines begin with
 * @param phases the module's own start functions that make the calls, besides the callbacks
 * @param later whether the {@link CALLBACKS} make them too
 */
export function sweepModule(
  mark: string,
  functions: readonly Imported[],
  abi: AbiVersion,
  phases: readonly Phase[],
  later: boolean,
): Uint8Array {
  const texts: string[] = [];
  let end = TEXTS;
  const place = (text: string): string => {
    const at = end;
    end += text.length;
    texts.push(`(data (i32.const ${at}) "${text}")`);
    return `(i32.const ${at}) (i32.const ${text.length})`;
  };
  const imports = functions.map(
    ({ module, signature: { name, type } }, at) => `(import "${module}" "${name}" (func $f${at} ${typeText(type)}))`,
  );
  const sweeps = functions.map(({ module, signature }, at) => {
    const { parameters, results } = signature.type;
    const calls = argumentLists(signature).map((values) => {
      const given = values.map((value, index) => `(${parameters[index]}.const ${value})`).join(" ");
      const called = `(call $f${at} ${given})`;
      const returned = results.length === 0 ? `${called} (call $number (i32.const 0))` : `(call $number ${called})`;
      return `(call $fill) ${returned} ${CHANGING.has(signature.name) ? "" : "(call $sum)"}`;
    });
    const head = `(call $text ${place(mark)}) (call $text (local.get $at) (local.get $size)) (call $text ${place(`${module}.${signature.name}`)})`;
    return `${head} ${calls.join("\n")} (call $flush)`;
  });
  const sweep = (phase: string) => `(call $sweep ${place(` ${phase} `)})`;
  const starts = phases.map((phase) =>
    phase === "main"
      ? `(func (export "main") (param i32 i32) (result i32) ${sweep(phase)} (i32.const 0))`
      : phase === "__main_void"
        ? `(func (export "__main_void") (result i32) ${sweep(phase)} (i32.const 0))`
        : `(func (export "${phase}") ${sweep(phase)})`,
  );
  const callbacks = later
    ? CALLBACKS.map((name) => {
        const parameters = name === "proxy_on_request_headers" && abi !== "0.1.0" ? "i32 i32 i32" : "i32 i32";
        const returned = name === "proxy_on_request_headers" ? 0 : 1;
        return `(func (export "${name}") (param ${parameters}) (result i32) ${sweep(name)} (i32.const ${returned}))`;
      })
    : [];
  return assemble(`(module
    (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
    ${imports.join("\n")}
    (memory (export "memory") 2)
    (func (export "${abiMarker(abi)}"))
    (func (export "malloc") (param i32) (result i32) (i32.const 512))
    (global $end (mut i32) (i32.const ${LINE}))
    (func $byte (param $value i32)
      (i32.store8 (global.get $end) (local.get $value))
      (global.set $end (i32.add (global.get $end) (i32.const 1))))
    (func $text (param $at i32) (param $size i32)
      (loop $more
        (call $byte (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $more (local.tee $size (i32.sub (local.get $size) (i32.const 1))))))
    (func $digits (param $value i32)
      (if (i32.ge_u (local.get $value) (i32.const 16)) (then (call $digits (i32.shr_u (local.get $value) (i32.const 4)))))
      (call $byte (i32.load8_u (i32.add (i32.const ${LINE - 16}) (i32.and (local.get $value) (i32.const 15))))))
    (func $number (param $value i32)
      (call $byte (i32.const 32)) (call $digits (local.get $value)))
    (func $fill (local $at i32)
      (loop $more
        (i64.store (local.get $at) (i64.const ${FILL}))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const ${AREA})))))
    (func $sum (local $at i32) (local $sum i32)
      (loop $more
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (i32.load (local.get $at))))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const ${AREA}))))
      (call $byte (i32.const 58)) (call $digits (local.get $sum)))
    (func $flush
      (drop (call $log (i32.const 2) (i32.const ${LINE}) (i32.sub (global.get $end) (i32.const ${LINE}))))
      (global.set $end (i32.const ${LINE})))
    (func $sweep (param $at i32) (param $size i32) ${sweeps.join("\n")})
    ${starts.join("\n")}
    ${callbacks.join("\n")}
    (data (i32.const ${LINE - 16}) "0123456789abcdef")
    ${texts.join("\n")})`);
}
