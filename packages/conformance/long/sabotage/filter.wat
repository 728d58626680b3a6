;; The contract for configurations of the form {"a":"X"}, as small as can be: what the suite is tested with.
(module
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
  (import "env" "proxy_get_buffer_bytes" (func $get_buffer (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_define_metric" (func $define_metric (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_increment_metric" (func $increment (param i32 i64) (result i32)))
  (import "env" "proxy_get_header_map_value" (func $get_header (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_add_header_map_value" (func $add_header (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_replace_header_map_value" (func $replace_header (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "hello_header_counter")
  (data (i32.const 48) "a")
  (data (i32.const 64) "header filter wat 1.0.0: adding 1 response headers")
  (data (i32.const 128) "header filter: configuration refused: not valid JSON")
  ;; 0: results of host functions; 4096: the value of each root context; 8192: the root of each stream context; 65536: what the host hands over.
  (global $metric (mut i32) (i32.const 0))

  (func (export "proxy_abi_version_0_2_1"))
  (func (export "malloc") (param i32) (result i32) (i32.const 65536))

  (func $root (param $context i32) (result i32)
    (i32.load16_u offset=8192 (i32.shl (i32.and (local.get $context) (i32.const 8191)) (i32.const 1))))

  (func (export "proxy_on_context_create") (param $context i32) (param $root i32)
    (i32.store16 offset=8192 (i32.shl (i32.and (local.get $context) (i32.const 8191)) (i32.const 1)) (local.get $root)))

  (func (export "proxy_on_configure") (param $root i32) (param $size i32) (result i32)
    (drop (call $get_buffer (i32.const 7) (i32.const 0) (local.get $size) (i32.const 0) (i32.const 4)))
    (if (i32.ne (i32.load8_u (i32.const 65536)) (i32.const 123))
      (then
        (drop (call $log (i32.const 4) (i32.const 128) (i32.const 52)))
        (return (i32.const 0))))
    (i32.store8 offset=4096 (local.get $root) (i32.load8_u offset=6 (i32.const 65536)))
    (drop (call $define_metric (i32.const 0) (i32.const 16) (i32.const 20) (i32.const 0)))
    (global.set $metric (i32.load (i32.const 0)))
    (drop (call $log (i32.const 2) (i32.const 64) (i32.const 50)))
    (i32.const 1))

  (func (export "proxy_on_request_headers") (param $context i32) (param i32) (param i32) (result i32)
    (if (i32.eqz (call $get_header (i32.const 0) (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 4)))
      (then (drop (call $increment (global.get $metric) (i64.const 1)))))
    ;; more in a request
    (i32.const 0))

  (func (export "proxy_on_response_headers") (param $context i32) (param i32) (param i32) (result i32)
    (drop (call $add_header (i32.const 2) (i32.const 48) (i32.const 1)
      (i32.add (i32.const 4096) (call $root (local.get $context))) (i32.const 1)))
    ;; more in a response
    (i32.const 0))

  ;; more functions
)
