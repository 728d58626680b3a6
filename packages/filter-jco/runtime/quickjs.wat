;; While a component is built, its engine is started and what it holds in memory becomes part of the component. These functions stand
;; between the engine and the clocks and seeds of the machine that builds, until the engine says that it is done.
(module
  (import "wasi:clocks/monotonic-clock" "now" (func $monotonic (result i64)))
  (import "wasi:clocks/wall-clock" "now" (func $wall (param i32)))
  (import "wasi:random/insecure-seed" "insecure-seed" (func $seed (param i32)))
  (import "wasi_snapshot_preview1" "reset_adapter_state" (func $done))
  (import "runtime" "memory" (memory 0))
  ;; (result, runtime): runs the first job of those that wait. The runtime's address is 8 bytes behind what it is given.
  (import "runtime" "execute pending job" (func $execute (param i32 i32)))
  (import "runtime" "table" (table 0 funcref))

  (type $class_call (func (param i32 i64 i64 i32 i32 i32) (result i64)))

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

  ;; Runs the jobs of promises that wait, as the engine does only for components with asynchronous exports. Where the engine's runtime is, is
  ;; written to address 8 by the lowering step (stack.ts), below a stack that never gets there; what a job answered is put behind it.
  (func (export "settle")
    (local $runtime i32)
    (local.set $runtime (i32.load (i32.const 8)))
    (if (i32.eqz (local.get $runtime)) (then (return)))
    (loop $next
      ;; The list of jobs (JSRuntime.job_list) is empty when its first is itself.
      (if (i32.ne (i32.load offset=688 (local.get $runtime)) (i32.add (local.get $runtime) (i32.const 684)))
        (then
          (call $execute (i32.const 16) (i32.const 0))
          (br $next)))))

  ;; What follows calls objects of a class as the engine does (JSClassCall): context, function, this, number of arguments, arguments, flags.
  ;; Which of the table's functions a class is called through is written below the stack, too, by the lowering step (direct-calls.ts).

  ;; An import.
  (func (export "call import") (type $class_call)
    (call_indirect (type $class_call)
      (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (i32.load (i32.const 12))))

  ;; A function that `bind` made.
  (func (export "call bound") (type $class_call)
    (call_indirect (type $class_call)
      (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (i32.load (i32.const 4))))

  ;; The engine's last call before its memory is taken.
  (func (export "wasi_snapshot_preview1 reset_adapter_state")
    (global.set $building (i32.const 0))
    (call $done)))
