/**
 * A module for each of doctor's rules, with what the real Envoy does with it. Data alone: filter-host's tests hold doctor against it, those of
 * conformance hold Envoy against it.
 */
export interface ModuleCase {
  readonly name: string;
  /** The first rule that must speak up; none for a good module. */
  readonly rule?: string;
  /** WebAssembly text, or the bytes themselves. */
  readonly module: string | Uint8Array;
  /** What is appended to the assembled bytes. */
  readonly tail?: Uint8Array;
  /** What the WebAssembly text needs of its assembler. */
  readonly features?: Readonly<Record<string, true>>;
  /** What Envoy does: loads it, refuses it, or ends. */
  readonly envoy: "loads" | "refuses" | "ends";
  /** For which Envoy, if not the newest. */
  readonly version?: string;
  /** What doctor must name, word for word. */
  readonly says?: string;
}

const MEMORY = '(memory (export "memory") 1)';
const MALLOC = '(func (export "malloc") (param i32) (result i32) (i32.const 1024))';
const ABI = '(func (export "proxy_abi_version_0_2_1"))';
const BASE = `${MEMORY} ${MALLOC} ${ABI}`;
const LOG = '(import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))';
const CALL = "(drop (call $log (i32.const 4) (i32.const 0) (i32.const 1)))";

const bad = (rule: string, name: string, module: string, more: Partial<ModuleCase> = {}): ModuleCase => ({
  name,
  rule,
  module,
  envoy: "refuses",
  ...more,
});

const custom = (name: string, ...data: number[]) =>
  Uint8Array.of(0, name.length + 1 + data.length, name.length, ...Buffer.from(name), ...data);

export const GOOD_MODULES: readonly ModuleCase[] = (
  [
    ["the least that loads", BASE],
    ["0.2.0", BASE.replace("0_2_1", "0_2_0")],
    ["proxy_on_memory_allocate", BASE.replace('"malloc"', '"proxy_on_memory_allocate"')],
    ["a memory of another name", BASE.replace('"memory"', '"ram"')],
    ["a memory that the host makes", `(import "env" "memory" (memory 1)) ${MALLOC} ${ABI}`],
    ["a memory that may grow beyond the limit", BASE.replace('"memory") 1', '"memory") 1 65536')],
    ["a table that the host makes", `(import "env" "table" (table 2 funcref)) ${BASE}`],
    [
      "a start function of its own",
      `(global $g (mut i32) (i32.const 0)) (func $s (global.set $g (i32.const 1))) (start $s) ${BASE}`,
    ],
    [
      "_initialize and main",
      `(func (export "_initialize")) (func (export "main") (param i32 i32) (result i32) (i32.const 0)) ${BASE}`,
    ],
    [
      "functions of the newest WASI",
      `(import "wasi_snapshot_preview1" "fd_sync" (func (param i32) (result i32))) ${BASE}`,
    ],
    [
      "SIMD, threads' instructions, tail calls",
      `(func $f (drop (i32.atomic.load (i32.const 0))) (drop (v128.const i32x4 1 2 3 4)) (return_call $f)) ${BASE}`,
    ],
    ["exceptions that stay inside", `(tag $e (param i32)) (func (throw $e (i32.const 1))) ${BASE}`],
    ["names", BASE],
  ] as const
).map(([name, module]) => ({
  name,
  module,
  envoy: "loads",
  features: { exceptions: true },
  ...(name === "names" && { tail: custom("name", 1, 4, 1, 0, 1, 0x61) }),
}));

export const BAD_MODULES: readonly ModuleCase[] = [
  bad("module-format", "no WebAssembly", "", { module: Buffer.from("(module)") }),
  bad("module-format", "an unknown version", "", { module: Buffer.from("0061736d02000000", "hex") }),
  bad("module-component", "a component", "", { module: Buffer.from("0061736d0d000100", "hex") }),
  bad("module-valid", "cut short", "", { module: Buffer.from("0061736d0100000001ff", "hex") }),
  bad("module-valid", "a table too large for V8", `(table 10000001 funcref) ${BASE}`),
  bad("module-names", "a name section cut short", BASE, { tail: custom("name", 1, 200, 1) }),
  bad("module-names", "a name that ends beyond its section", BASE, { tail: custom("name", 1, 4, 1, 0, 9, 0x61) }),
  bad("module-abi", "no ABI marker", `${MEMORY} ${MALLOC}`, { says: "has no Proxy-Wasm ABI marker" }),
  bad("module-abi", "an unknown ABI", BASE.replace("0_2_1", "0_3_0"), { says: "proxy_abi_version_0_3_0" }),
  bad(
    "module-abi",
    "a marker that is a global",
    `${MEMORY} ${MALLOC} (global (export "proxy_abi_version_0_2_1") i32 (i32.const 0))`,
    { says: "as a global" },
  ),
  bad("module-abi-several", "two ABI markers", `${BASE} (func (export "proxy_abi_version_0_2_0"))`, { envoy: "loads" }),
  bad("module-abi-old", "ABI 0.1.0", BASE.replace("0_2_1", "0_1_0"), { envoy: "loads" }),
  bad("module-allocator", "no allocator", `${MEMORY} ${ABI}`),
  bad("module-large", "ten megabytes", `(data "${"x".repeat(10_000_000)}") ${BASE}`, { envoy: "loads" }),
  bad("module-debug", "more names than code", BASE, {
    envoy: "loads",
    tail: custom(".debug_info", ...new Array(100).fill(0)),
  }),
  bad("import-unknown", "AssemblyScript's abort", `(import "env" "abort" (func (param i32 i32 i32 i32))) ${BASE}`, {
    says: "env.abort",
  }),
  bad(
    "import-unknown",
    "a WASI function that Envoy lacks",
    `(import "wasi_snapshot_preview1" "proc_raise" (func (param i32) (result i32))) ${BASE}`,
  ),
  bad("import-unknown", "a global", `(import "env" "g" (global i32)) ${BASE}`, { says: "the global env.g" }),
  bad(
    "import-unknown",
    "another import module",
    `(import "wasi_snapshot_preview2" "fd_write" (func (param i32) (result i32))) ${BASE}`,
  ),
  bad("import-abi", "a function of ABI 0.1.0", `(import "env" "proxy_clear_route_cache" (func (result i32))) ${BASE}`),
  bad(
    "import-abi",
    "a function of a later ABI",
    `(import "env" "proxy_get_log_level" (func (param i32) (result i32))) ${BASE.replace("0_2_1", "0_2_0")}`,
  ),
  bad(
    "import-version",
    "WASI of Envoy 1.39",
    `(import "wasi_snapshot_preview1" "fd_sync" (func (param i32) (result i32))) ${BASE}`,
    { version: "1.38" },
  ),
  bad("import-type", "an import of another type", `(import "env" "proxy_log" (func (param i32))) ${BASE}`, {
    says: 'want: i32 -> void, but host exports: i32 i32 i32 -> i32"',
  }),
  bad("import-tag", "an imported exception tag", `(import "env" "__cpp_exception" (tag (param i32))) ${BASE}`, {
    envoy: "ends",
    features: { exceptions: true },
  }),
  bad("import-tag", "an exported exception tag", `(tag (export "e") (param i32)) ${BASE}`, {
    envoy: "ends",
    features: { exceptions: true },
  }),
  bad("export-type", "a callback of another type", `${BASE} (func (export "proxy_on_log"))`, {
    says: 'want: i32 -> void, but the module exports: void -> void"',
  }),
  bad(
    "export-type",
    "a headers callback of ABI 0.1.0",
    `${BASE} (func (export "proxy_on_request_headers") (param i32 i32) (result i32) (i32.const 0))`,
  ),
  bad("export-type", "malloc of another type", BASE.replace("(param i32)", "(param i32 i32)")),
  bad("export-type", "_initialize of another type", `${BASE} (func (export "_initialize") (result i32) (i32.const 0))`),
  bad(
    "export-type",
    "main of another type",
    `${BASE} (func (export "_initialize")) (func (export "main") (result i32) (i32.const 0))`,
  ),
  bad("export-kind", "a callback that is a global", `${BASE} (global (export "proxy_on_log") i32 (i32.const 0))`, {
    envoy: "loads",
  }),
  bad(
    "export-uncalled",
    "a callback misspelled",
    `${BASE} (func (export "proxy_on_request_header") (param i32 i32 i32) (result i32) (i32.const 1))`,
    {
      envoy: "loads",
      says: "did you mean proxy_on_request_headers?",
    },
  ),
  bad("export-extra", "free", `${BASE} (func (export "free") (param i32))`, { envoy: "loads", says: "exports free" }),
  bad(
    "export-shadowed",
    "_start beside _initialize",
    `${BASE} (func (export "_initialize")) (func (export "_start") unreachable)`,
    { envoy: "loads" },
  ),
  bad("export-main", "main alone", `${BASE} (func (export "main") (result i32) unreachable)`, { envoy: "loads" }),
  bad(
    "export-idle",
    "callbacks that do nothing",
    `${BASE} (func (export "proxy_on_log") (param i32)) (func (export "proxy_on_done") (param i32) (result i32) (i32.const 1))`,
    {
      envoy: "loads",
      says: "proxy_on_log, proxy_on_done",
    },
  ),
  bad(
    "memory-none",
    "no memory, and a host call that needs it",
    `${LOG} ${MALLOC} ${ABI} (func (export "proxy_on_vm_start") (param i32 i32) (result i32) ${CALL} (i32.const 1))`,
    { envoy: "ends" },
  ),
  bad("memory-limit", "more than 1 GiB", BASE.replace('"memory") 1', '"memory") 16385')),
  bad("memory-limit", "more than 1 GiB, imported", `(import "env" "memory" (memory 16385)) ${MALLOC} ${ABI}`),
  bad("memory-large", "1 GiB", BASE.replace('"memory") 1', '"memory") 16384'), { envoy: "loads" }),
  bad("memory-import", "a shared memory", `(import "env" "memory" (memory 1 1 shared)) ${MALLOC} ${ABI}`),
  bad("memory-import", "a memory with 64-bit addresses", `(import "env" "memory" (memory i64 1)) ${MALLOC} ${ABI}`, {
    features: { memory64: true },
  }),
  bad("memory-import", "two memories", `(import "env" "a" (memory 1)) (import "env" "b" (memory 1)) ${MALLOC} ${ABI}`, {
    features: { multi_memory: true },
  }),
  bad("memory-several", "two exported memories", `${BASE} (memory (export "other") 1)`, {
    envoy: "loads",
    features: { multi_memory: true },
  }),
  bad("memory-wide", "64-bit addresses", BASE.replace('"memory") 1', '"memory") i64 1'), {
    envoy: "loads",
    features: { memory64: true },
  }),
  bad(
    "table-import",
    "two tables",
    `(import "env" "a" (table 2 funcref)) (import "env" "b" (table 2 funcref)) ${BASE}`,
  ),
  bad("start-host", "a start function that logs", `${LOG} (func $s ${CALL}) (start $s) ${BASE}`, {
    envoy: "ends",
    says: "calls proxy_log",
  }),
  bad("start-trap", "a start function that traps", `(func $s unreachable) (start $s) ${BASE}`),
  bad("start-trap", "data beyond the memory", `${BASE} (data (i32.const 65536) "x")`),
  bad("start-trap", "elements beyond the table", `${BASE} (table 1 funcref) (func $f) (elem (i32.const 1) $f)`),
  bad(
    "trial-start",
    "a host call that _initialize must not make",
    `(import "env" "proxy_done" (func $done (result i32))) (func (export "_initialize") (drop (call $done))) ${BASE}`,
  ),
  bad(
    "trial-start",
    "vm_start refuses",
    `${BASE} (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 0))`,
  ),
  bad(
    "trial-start",
    "configuring traps",
    `${BASE} (func (export "proxy_on_configure") (param i32 i32) (result i32) unreachable)`,
  ),
  bad(
    "trial-configuration",
    "configuring refuses",
    `${BASE} (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 0))`,
  ),
  bad(
    "trial-request",
    "a request traps",
    `${BASE} (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) unreachable)`,
    { envoy: "loads" },
  ),
];
