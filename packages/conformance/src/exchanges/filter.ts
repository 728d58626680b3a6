import { filter, on } from "proxy-wasm-host/testing";

/** Where a line is put together, behind what the host allocates. */
const LINE = 10 * 65536;

/** Puts text together: printable ASCII as it is, all other bytes as `\xHH`. */
const WRITE = `
  (global $end (mut i32) (i32.const ${LINE}))
  (func $raw (param $byte i32)
    (i32.store8 (global.get $end) (local.get $byte))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))
  (func $digit (param $n i32)
    (call $raw (i32.add (local.get $n) (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $n) (i32.const 10))))))
  (func $byte (param $byte i32)
    (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 32)) (i32.const 95)) (then (call $raw (local.get $byte)) (return)))
    (call $raw (i32.const 92)) (call $raw (i32.const 120))
    (call $digit (i32.shr_u (local.get $byte) (i32.const 4))) (call $digit (i32.and (local.get $byte) (i32.const 15))))
  (func $text (param $at i32) (param $size i32)
    (loop $more
      (if (i32.eqz (local.get $size)) (then (return)))
      (call $byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $size (i32.sub (local.get $size) (i32.const 1)))
      (br $more)))
  (func $number (param $n i32)
    (if (i32.ge_u (local.get $n) (i32.const 10)) (then (call $number (i32.div_u (local.get $n) (i32.const 10)))))
    (call $digit (i32.rem_u (local.get $n) (i32.const 10))))
  (func $log
    (drop (call $proxy_log (i32.const 2) (i32.const ${LINE}) (i32.sub (global.get $end) (i32.const ${LINE}))))
    (global.set $end (i32.const ${LINE}))
    (global.set $heap (i32.const 65536)))`;

/** Writes all headers of a map. */
const PAIRS = `
  (func $pairs (param $map i32) (local $sizes i32) (local $at i32) (local $count i32)
    (if (call $proxy_get_header_map_pairs (local.get $map) (i32.const 0) (i32.const 4)) (then (call $text " no map"*) (return)))
    (local.set $count (i32.load (i32.load (i32.const 0))))
    (local.set $sizes (i32.add (i32.load (i32.const 0)) (i32.const 4)))
    (local.set $at (i32.add (local.get $sizes) (i32.mul (local.get $count) (i32.const 8))))
    (loop $more
      (if (i32.eqz (local.get $count)) (then (return)))
      (call $text " | "*)
      (call $text (local.get $at) (i32.load (local.get $sizes)))
      (local.set $at (i32.add (i32.add (local.get $at) (i32.load (local.get $sizes))) (i32.const 1)))
      (call $text ": "*)
      (call $text (local.get $at) (i32.load offset=4 (local.get $sizes)))
      (local.set $at (i32.add (i32.add (local.get $at) (i32.load offset=4 (local.get $sizes))) (i32.const 1)))
      (local.set $sizes (i32.add (local.get $sizes) (i32.const 8)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $more)))`;

/** Where the first byte of a stream's header x-do is kept: properties of the request are only there while its headers are. */
const WANTED = 14 * 65536;

/** Whether the header x-do has this first byte. */
const WANTS = `
  (func $place (param $context i32) (result i32)
    (i32.add (i32.const ${WANTED}) (i32.and (local.get $context) (i32.const 65535))))
  (func $learn (param $context i32)
    (i32.store8 (call $place (local.get $context)) (i32.const 0))
    (if (call $proxy_get_header_map_value (i32.const 0) "x-do"* (i32.const 0) (i32.const 4)) (then (return)))
    (if (i32.eqz (i32.load (i32.const 4))) (then (return)))
    (i32.store8 (call $place (local.get $context)) (i32.load8_u (i32.load (i32.const 0)))))
  (func $wants (param $context i32) (param $first i32) (result i32)
    (i32.eq (i32.load8_u (call $place (local.get $context))) (local.get $first)))
  (func $reply (param $status i32) (result i32)
    (drop (call $proxy_send_local_response (local.get $status) "by_filter"* "a reply"* (i32.const 0) (i32.const 0) (i32.const -1)))
    (i32.const 1))`;

/** Why the response ended as it did. */
const LOG = `
  (call $text "log"*)
  (if (i32.eqz (call $proxy_get_property "response\\00code_details"* (i32.const 0) (i32.const 4)))
    (then (call $text " "*) (call $text (i32.load (i32.const 0)) (i32.load (i32.const 4)))))
  (if (i32.eqz (call $proxy_get_property "response\\00flags"* (i32.const 0) (i32.const 4)))
    (then (call $text " flags "*) (call $number (i32.load (i32.load (i32.const 0))))))
  (call $log)`;

const code = (letter: string): string => `(call $wants (local.get $context) (i32.const ${letter.charCodeAt(0)}))`;
const pauseIf = (letter: string): string => `(if ${code(letter)} (then (return (i32.const 1))))`;
const replyIf = (letter: string, status: number): string =>
  `(if ${code(letter)} (then (return (call $reply (i32.const ${status})))))`;
const headers = (what: string, map: number): string =>
  `(call $text "${what} headers "*) (call $number (local.get $end_of_stream)) (call $pairs (i32.const ${map})) (call $log)`;
const body = (what: string): string =>
  `(call $text "${what} body "*) (call $number (local.get $end_of_stream)) (call $text " "*) (call $number (local.get $size)) (call $log)`;
const untilEnd = (letter: string): string => `(if (i32.eqz (local.get $end_of_stream)) (then ${pauseIf(letter)}))`;
const trailers = (what: string, map: number): string =>
  `(call $text "${what} trailers"*) (call $pairs (i32.const ${map})) (call $log)`;

/**
 * A filter that logs what each callback is given. By the first letter of a request's header `x-do`, it also acts: it replies to the
 * request's headers with 403 (a) or 400 (b), to its first data (c), to the response's headers (d) or its first data (e); it holds the
 * request's headers (f), the response's headers (g), the request's body until its end (h), or the response's body until its end (i).
 */
export const observer = (): Uint8Array =>
  filter(
    [
      WRITE,
      PAIRS,
      WANTS,
      on("proxy_on_vm_start", "(drop (memory.grow (i32.const 20)))", "(i32.const 1)"),
      on(
        "proxy_on_request_headers",
        `(call $learn (local.get $context)) ${headers("request", 0)} ${replyIf("a", 403)} ${replyIf("b", 400)} ${pauseIf("f")}`,
      ),
      on("proxy_on_request_body", `${body("request")} ${replyIf("c", 403)} ${untilEnd("h")}`),
      on("proxy_on_request_trailers", trailers("request", 1)),
      on("proxy_on_response_headers", `${headers("response", 2)} ${replyIf("d", 403)} ${pauseIf("g")}`),
      on("proxy_on_response_body", `${body("response")} ${replyIf("e", 403)} ${untilEnd("i")}`),
      on("proxy_on_response_trailers", trailers("response", 3)),
      on("proxy_on_log", LOG),
    ].join("\n"),
  );
