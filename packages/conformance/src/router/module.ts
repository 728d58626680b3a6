import { filter, on } from "proxy-wasm-host/testing";

/** The properties that the module logs, in this order. */
export const PROPERTIES = [
  "response.flags",
  "response.code",
  "response.code_details",
  "response.grpc_status",
  "upstream.transport_failure_reason",
  "upstream.request_attempt_count",
] as const;

/** How many headers with instructions the module looks for. */
const INSTRUCTIONS = 5;

const told = PROPERTIES.map(
  (path, at) => `(call $property (local.get $phase) (i32.const ${48 + at}) "${path.replaceAll(".", "\\00")}"*)`,
).join("\n");

const obeyed = (map: number) =>
  Array.from(
    { length: INSTRUCTIONS },
    (_, at) => `(local.set $action (i32.or (local.get $action) (call $obey (i32.const ${map}) "do-${at + 1}"*)))`,
  ).join("\n");

const OBEY = `
  (func $property (param $phase i32) (param $index i32) (param $path i32) (param $size i32)
    (local $at i32) (local $from i32) (local $end i32)
    (i32.store8 (i32.const 300) (local.get $phase))
    (i32.store8 (i32.const 301) (local.get $index))
    (local.set $at (i32.const 302))
    (if (call $proxy_get_property (local.get $path) (local.get $size) (i32.const 0) (i32.const 4))
      (then (i32.store8 (i32.const 302) (i32.const 45)) (local.set $at (i32.const 303)))
      (else
        (local.set $from (i32.load (i32.const 0)))
        (local.set $end (i32.add (local.get $from) (i32.load (i32.const 4))))
        (block $done (loop $next
          (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
          (br_if $done (i32.gt_u (local.get $at) (i32.const 1000)))
          (i32.store8 (local.get $at) (call $digit (i32.shr_u (i32.load8_u (local.get $from)) (i32.const 4))))
          (i32.store8 (i32.add (local.get $at) (i32.const 1)) (call $digit (i32.and (i32.load8_u (local.get $from)) (i32.const 15))))
          (local.set $at (i32.add (local.get $at) (i32.const 2)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br $next)))))
    (drop (call $proxy_log (i32.const 2) (i32.const 300) (i32.sub (local.get $at) (i32.const 300)))))
  (func $digit (param $value i32) (result i32)
    (i32.add (local.get $value) (select (i32.const 87) (i32.const 48) (i32.gt_u (local.get $value) (i32.const 9)))))
  (func $tell (param $phase i32) ${told})
  (global $holding (mut i32) (i32.const 0))
  (func $obey (param $map i32) (param $name i32) (param $size i32) (result i32)
    (local $from i32) (local $end i32) (local $at i32) (local $what i32)
    (if (call $proxy_get_header_map_value (local.get $map) (local.get $name) (local.get $size) (i32.const 0) (i32.const 4))
      (then (return (i32.const 0))))
    (local.set $from (i32.load (i32.const 0)))
    (local.set $end (i32.add (local.get $from) (i32.load (i32.const 4))))
    (if (i32.eqz (i32.load (i32.const 4))) (then (return (i32.const 0))))
    (drop (call $proxy_remove_header_map_value (local.get $map) (local.get $name) (local.get $size)))
    (local.set $what (i32.load8_u (local.get $from)))
    (local.set $from (i32.add (local.get $from) (i32.const 1)))
    (local.set $at (local.get $from))
    (block $found (loop $next
      (br_if $found (i32.ge_u (local.get $at) (local.get $end)))
      (br_if $found (i32.eq (i32.load8_u (local.get $at)) (i32.const 61)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (if (i32.eq (local.get $what) (i32.const 83)) (then
      (drop (call $proxy_replace_header_map_value (local.get $map) (local.get $from) (i32.sub (local.get $at) (local.get $from))
        (i32.add (local.get $at) (i32.const 1)) (i32.sub (i32.sub (local.get $end) (local.get $at)) (i32.const 1))))))
    (if (i32.eq (local.get $what) (i32.const 65)) (then
      (drop (call $proxy_add_header_map_value (local.get $map) (local.get $from) (i32.sub (local.get $at) (local.get $from))
        (i32.add (local.get $at) (i32.const 1)) (i32.sub (i32.sub (local.get $end) (local.get $at)) (i32.const 1))))))
    (if (i32.eq (local.get $what) (i32.const 82)) (then
      (drop (call $proxy_remove_header_map_value (local.get $map) (local.get $from) (i32.sub (local.get $at) (local.get $from))))))
    (if (i32.eq (local.get $what) (i32.const 76)) (then
      (drop (call $proxy_send_local_response (i32.const 403) "told"* "no"* (i32.const 0) (i32.const 0) (i32.const -1)))
      (return (i32.const 1))))
    (if (i32.eq (local.get $what) (i32.const 67)) (then
      (drop (call $proxy_call_foreign_function "clear_route_cache"* (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4)))))
    (if (i32.eq (local.get $what) (i32.const 88)) (then
      (drop (call $proxy_close_stream (local.get $from)))))
    (if (i32.eq (local.get $what) (i32.const 84)) (then unreachable))
    (if (i32.eq (local.get $what) (i32.const 66)) (then (global.set $holding (i32.const 1))))
    (i32.eq (local.get $what) (i32.const 80)))
`;

const HEAP = "(global.set $heap (i32.const 65536))";

/**
 * A filter that does what the headers `do-1` to `do-5` of the request or the response say: `S:path=/x` sets a header, `A` adds one, `R:path`
 * removes one, `L` answers 403, `C` clears the route cache, `X` closes the stream, `P` pauses at the headers, `B` at the body of the response, `T` traps. It logs properties
 * at the request's headers (`q`), the response's headers (`r`), the response's end (`b`) and in `proxy_on_log` (`l`), in hexadecimal.
 */
export const OBEDIENT = filter(`${OBEY}
  ${on("proxy_on_request_headers", `(local $action i32) ${HEAP} (global.set $holding (i32.const 0)) (call $tell (i32.const 113)) ${obeyed(0)}`, "(local.get $action)")}
  ${on("proxy_on_response_headers", `(local $action i32) ${HEAP} (call $tell (i32.const 114)) ${obeyed(2)}`, "(local.get $action)")}
  ${on("proxy_on_response_body", `${HEAP} (if (local.get $end_of_stream) (then (call $tell (i32.const 98))))`, "(global.get $holding)")}
  ${on("proxy_on_log", `${HEAP} (call $tell (i32.const 108))`)}`);
