;; While a component is built, its engine is started and what it holds in memory becomes part of the component. These functions stand
;; between the engine and the clocks and seeds of the machine that builds, until the engine says that it is done.
(module
  (import "wasi:clocks/monotonic-clock" "now" (func $monotonic (result i64)))
  (import "wasi:clocks/wall-clock" "now" (func $wall (param i32)))
  (import "wasi:random/insecure-seed" "insecure-seed" (func $seed (param i32)))
  (import "wasi_snapshot_preview1" "reset_adapter_state" (func $done))
  (import "runtime" "memory" (memory 0))

  (global $building (mut i32) (i32.const 1))

  (func (export "wasi:clocks/monotonic-clock now") (result i64)
    (if (global.get $building) (then (return (i64.const 0))))
    (call $monotonic))

  (func (export "wasi:clocks/wall-clock now") (param $result i32)
    (if (global.get $building)
      (then
        (i64.store (local.get $result) (i64.const 0))
        (i32.store offset=8 (local.get $result) (i32.const 0))
        (return)))
    (call $wall (local.get $result)))

  (func (export "wasi:random/insecure-seed insecure-seed") (param $result i32)
    (if (global.get $building)
      (then
        (i64.store (local.get $result) (i64.const 0x9e3779b97f4a7c15))
        (i64.store offset=8 (local.get $result) (i64.const 0xbf58476d1ce4e5b9))
        (return)))
    (call $seed (local.get $result)))

  ;; The engine's last call before its memory is taken.
  (func (export "wasi_snapshot_preview1 reset_adapter_state")
    (global.set $building (i32.const 0))
    (call $done)))
