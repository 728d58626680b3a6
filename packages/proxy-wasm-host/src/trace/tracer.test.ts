import { expect, test } from "vitest";
import { embed } from "../embedded.ts";
import { filters, REQUEST } from "../fixtures/streams.ts";
import { filter, on } from "../fixtures/wat.ts";
import { traceText } from "./trace-text.ts";

const GET = '(drop (call $proxy_get_header_map_value (i32.const 0) "hello"* (i32.const 16) (i32.const 20)))';

test("calls are shown with the names of their parameters, enumerations and results", () => {
  const lines: string[] = [];
  const module = filter(
    on(
      "proxy_on_request_headers",
      `${GET}
      (drop (call $proxy_set_header_map_pairs (i32.const 0) "\\01\\00\\00\\00\\01\\00\\00\\00\\01\\00\\00\\00a\\00b\\00"*))
      (drop (call $proxy_get_property "request\\00path"* (i32.const 16) (i32.const 20)))
      (drop (call $clock_time_get (i32.const 9) (i64.const 0) (i32.const 16)))
      (drop (call $proxy_define_metric (i32.const 1) "g"* (i32.const 16)))
      (drop (call $proxy_increment_metric (i32.const 5) (i64.const -2)))
      (drop (call $proxy_get_metric (i32.const 5) (i32.const 16)))`,
    ),
  );
  const runtime = embed({ plugins: [{ name: "p", module }], trace: traceText((line) => lines.push(line)) });
  lines.length = 0;
  runtime.openStream().request({ headers: [...REQUEST, ["Hello", "w\u00c3\u00b6rld"]] });
  expect(lines).toEqual([
    "p --> proxy_on_request_headers(context=2,headers=5,end_of_stream=1)",
    "p   ==> proxy_get_header_map_value(map=request_headers,key=hello)",
    "p     --> malloc(size=6)",
    "p     <-- 65536",
    "p   <== OK value=wörld",
    'p   ==> proxy_set_header_map_pairs(map=request_headers,pairs=[["a","b"]])',
    "p   <== OK",
    'p   ==> proxy_get_property(path=["request","path"])',
    "p   <== NOT_FOUND",
    "p   ==> clock_time_get(clock=9,precision=0,time=16)",
    "p   <== NOTSUP",
    "p   ==> proxy_define_metric(type=gauge,name=g)",
    "p   <== OK metric=5",
    "p   ==> proxy_increment_metric(metric=5,offset=-2)",
    "p   <== OK",
    "p   ==> proxy_get_metric(metric=5)",
    "p   <== OK value=18446744073709551614",
    "p <-- 0",
  ]);
});

test("bytes that are no text stay bytes, a pointer to nowhere shows nothing", () => {
  const { events, pass } = filters(
    filter(
      on(
        "proxy_on_request_headers",
        '(drop (call $proxy_log (i32.const 2) "\\ff\\01"*)) (drop (call $proxy_log (i32.const 2) (i32.const -1) (i32.const 1)))',
      ),
    ),
  );
  events.length = 0;
  pass();
  const calls = events.filter(({ kind, phase }) => kind === "call" && phase === "leave");
  expect(calls.map(({ args, result }) => [args.message, result])).toEqual([
    [Uint8Array.of(255, 1), "OK"],
    [undefined, "INVALID_MEMORY_ACCESS"],
  ]);
});

test("a fault stands in for a host function", () => {
  const runtime = (faults: Record<string, number>) => {
    const statuses: unknown[] = [];
    const filters = embed({
      plugins: [{ name: "p", module: filter(on("proxy_on_request_headers", GET)) }],
      faults,
      trace: ({ phase, name, result }) =>
        phase === "leave" && name === "proxy_get_header_map_value" && statuses.push(result),
    });
    filters.openStream().request({ headers: [...REQUEST, ["hello", ""]] });
    return statuses;
  };
  expect([runtime({}), runtime({ proxy_get_header_map_value: 10 })]).toEqual([["OK"], ["INTERNAL_FAILURE"]]);
});
