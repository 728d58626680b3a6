;; What a component's StarlingMonkey starts with instead of the clocks and random numbers of the machine that builds. The component goes
;; without those parts of WASI; its tools look for the imports all the same, so they stay.
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi:clocks/monotonic-clock" "now" (func $now (result i64)))
  (import "wasi:random/random" "get-random-u64" (func $random_u64 (result i64)))
  (import "runtime" "memory" (memory 0))

  (global $live (mut i32) (i32.const 0))
  (global $state (mut i64) (i64.const 0x9e3779b97f4a7c15))

  ;; Knuth's linear congruential generator.
  (func $next (result i64)
    (global.set $state (i64.add (i64.mul (global.get $state) (i64.const 6364136223846793005)) (i64.const 1442695040888963407)))
    (global.get $state))

  (func (export "wasi_snapshot_preview1 random_get") (param $bytes i32) (param $size i32) (result i32)
    (if (global.get $live) (then (return (call $random_get (local.get $bytes) (local.get $size)))))
    (block $end
      (loop $more
        (br_if $end (i32.eqz (local.get $size)))
        (i32.store8 (local.get $bytes) (i32.wrap_i64 (i64.shr_u (call $next) (i64.const 40))))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 1)))
        (local.set $size (i32.sub (local.get $size) (i32.const 1)))
        (br $more)))
    (i32.const 0))

  (func (export "wasi_snapshot_preview1 clock_time_get") (param $clock i32) (param $precision i64) (param $time i32) (result i32)
    (if (global.get $live)
      (then (return (call $clock_time_get (local.get $clock) (local.get $precision) (local.get $time)))))
    (i64.store (local.get $time) (i64.const 0))
    (i32.const 0))

  (func (export "wasi:clocks/monotonic-clock now") (result i64)
    (if (global.get $live) (then (return (call $now))))
    (i64.const 0))

  (func (export "wasi:random/random get-random-u64") (result i64)
    (if (global.get $live) (then (return (call $random_u64))))
    (call $next)))
