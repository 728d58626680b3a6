import { expect, test } from "vitest";
import { filters, REQUEST, statusOf } from "../../fixtures/streams.ts";
import { filter, on } from "../../fixtures/wat.ts";

const BAD = "(i32.const -1)";
const ZERO = "(i32.const 0)";
const HELLO = '"hello"*';

type Case = readonly [status: string, call: string];

/** The statuses that host functions return to a module that calls them on request headers. */
function statuses(cases: readonly Case[]): unknown[] {
  const code = cases.map(([, call]) => `(drop (call ${call}))`).join("");
  const { events, pass } = filters(filter(on("proxy_on_request_headers", code)), {
    configuration: Buffer.from("c"),
  });
  events.length = 0;
  expect(statusOf(pass([...REQUEST, ["hello", "world"], ["empty", ""]]))).toBe("200");
  return events.filter(({ kind, phase }) => kind === "call" && phase === "leave").map(({ result }) => result);
}

test("bad pointers are answered, never a trap, and only after the other arguments", () => {
  const cases: Case[] = [
    ["INVALID_MEMORY_ACCESS", `$proxy_get_header_map_value ${ZERO} ${BAD} (i32.const 5) ${ZERO} ${ZERO}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_header_map_value ${ZERO} ${ZERO} ${BAD} ${ZERO} ${ZERO}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_header_map_value ${ZERO} ${HELLO} ${BAD} ${ZERO}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_header_map_value ${ZERO} ${HELLO} ${ZERO} ${BAD}`],
    ["NOT_FOUND", `$proxy_get_header_map_value ${ZERO} "nope"* ${BAD} ${BAD}`],
    ["BAD_ARGUMENT", `$proxy_get_header_map_value (i32.const 99) ${BAD} (i32.const 5) ${ZERO} ${ZERO}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_header_map_pairs ${ZERO} ${BAD} ${BAD}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_add_header_map_value ${ZERO} ${HELLO} ${BAD} (i32.const 1)`],
    ["INVALID_MEMORY_ACCESS", `$proxy_set_header_map_pairs ${ZERO} ${BAD} (i32.const 4)`],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_header_map_size ${ZERO} ${BAD}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_buffer_bytes (i32.const 6) ${ZERO} (i32.const 4) ${BAD} ${BAD}`],
    ["BAD_ARGUMENT", `$proxy_log (i32.const 9) ${BAD} (i32.const 9)`],
    ["INVALID_MEMORY_ACCESS", `$proxy_log (i32.const 2) ${BAD} (i32.const 9)`],
    ["INVALID_MEMORY_ACCESS", `$proxy_define_metric (i32.const 9) ${BAD} (i32.const 3) ${ZERO}`],
    ["BAD_ARGUMENT", `$proxy_define_metric (i32.const 9) ${HELLO} ${ZERO}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_define_metric ${ZERO} ${HELLO} ${BAD}`],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_property ${BAD} (i32.const 4) ${ZERO} ${ZERO}`],
    [
      "INVALID_MEMORY_ACCESS",
      `$proxy_send_local_response (i32.const 200) ${ZERO} ${ZERO} ${BAD} (i32.const 4) ${ZERO} ${ZERO} ${ZERO}`,
    ],
    [
      "INVALID_MEMORY_ACCESS",
      `$proxy_http_call ${BAD} ${BAD} ${ZERO} ${ZERO} ${ZERO} ${ZERO} ${ZERO} ${ZERO} ${ZERO} ${ZERO}`,
    ],
    ["INVALID_MEMORY_ACCESS", `$proxy_get_current_time_nanoseconds ${BAD}`],
    ["FAULT", `$random_get ${BAD} (i32.const 9)`],
    ["INVAL", `$random_get ${ZERO} (i32.const 65537)`],
    ["FAULT", `$fd_write (i32.const 1) ${BAD} (i32.const 1) ${ZERO}`],
    ["BADF", `$fd_write (i32.const 3) ${ZERO} ${ZERO} ${ZERO}`],
    ["FAULT", `$environ_sizes_get ${BAD} ${ZERO}`],
  ];
  expect(statuses(cases)).toEqual(cases.map(([status]) => status));
});

test("maps and buffers out of their phase", () => {
  const cases: Case[] = [
    ["BAD_ARGUMENT", `$proxy_get_header_map_value (i32.const 2) ${HELLO} ${ZERO} ${ZERO}`],
    ["BAD_ARGUMENT", `$proxy_add_header_map_value (i32.const 2) ${HELLO} ${HELLO}`],
    ["BAD_ARGUMENT", `$proxy_remove_header_map_value (i32.const 1) ${HELLO}`],
    ["BAD_ARGUMENT", `$proxy_get_header_map_size (i32.const 2) (i32.const 16)`],
    ["OK", `$proxy_get_header_map_pairs (i32.const 2) (i32.const 16) (i32.const 20)`],
    ["NOT_FOUND", `$proxy_get_buffer_bytes (i32.const 7) ${ZERO} (i32.const 9) (i32.const 16) (i32.const 20)`],
    ["OK", `$proxy_get_buffer_bytes (i32.const 0) ${ZERO} (i32.const 9) (i32.const 16) (i32.const 20)`],
    ["BAD_ARGUMENT", `$proxy_set_buffer_bytes (i32.const 0) ${ZERO} ${ZERO} ${HELLO}`],
    ["UNIMPLEMENTED", `$proxy_continue_stream (i32.const 3)`],
    ["BAD_ARGUMENT", `$proxy_continue_stream (i32.const 4)`],
    ["BAD_ARGUMENT", `$proxy_set_effective_context (i32.const 99)`],
    ["NOT_FOUND", `$proxy_done`],
    ["BAD_ARGUMENT", `$proxy_grpc_cancel ${ZERO}`],
  ];
  expect(statuses(cases)).toEqual(cases.map(([status]) => status));
});

test("nothing is allocated for nothing: an empty header is OK with size 0 and a null pointer", () => {
  const { events, pass } = filters(
    filter(
      on(
        "proxy_on_request_headers",
        `(drop (call $proxy_get_header_map_value ${ZERO} "empty"* (i32.const 16) (i32.const 20)))`,
      ),
    ),
  );
  events.length = 0;
  pass([...REQUEST, ["empty", ""]]);
  expect(events.map(({ name, result }) => [name, result])).not.toContainEqual(["malloc", expect.anything()]);
  expect(events.find(({ kind, phase }) => kind === "call" && phase === "leave")).toMatchObject({
    result: "OK",
    results: { value: "" },
  });
});

test("an allocator that returns 0 or an address out of bounds is INVALID_MEMORY_ACCESS", () => {
  for (const address of [0, -8]) {
    const module = filter(
      on(
        "proxy_on_request_headers",
        `(drop (call $proxy_get_header_map_value ${ZERO} ${HELLO} (i32.const 16) (i32.const 20)))`,
      ),
      `(i32.const ${address})`,
    );
    const { events, pass } = filters(module);
    pass([...REQUEST, ["hello", "world"]]);
    expect(events.filter(({ kind }) => kind === "call").at(-1)?.result).toBe("INVALID_MEMORY_ACCESS");
  }
});

test("shared data and queues", () => {
  const cases: Case[] = [
    ["NOT_FOUND", `$proxy_get_shared_data ${HELLO} (i32.const 16) (i32.const 20) (i32.const 24)`],
    ["OK", `$proxy_set_shared_data ${HELLO} "v"* (i32.const 5)`],
    ["CAS_MISMATCH", `$proxy_set_shared_data ${HELLO} "w"* (i32.const 9)`],
    ["OK", `$proxy_set_shared_data ${HELLO} "w"* (i32.const 0)`],
    ["NOT_FOUND", `$proxy_resolve_shared_queue ""* "q"* (i32.const 16)`],
    ["OK", `$proxy_register_shared_queue "q"* (i32.const 16)`],
    ["EMPTY", `$proxy_dequeue_shared_queue (i32.const 1) (i32.const 16) (i32.const 20)`],
    ["OK", `$proxy_enqueue_shared_queue (i32.const 1) "item"*`],
    ["NOT_FOUND", `$proxy_enqueue_shared_queue (i32.const 9) "item"*`],
    ["OK", `$proxy_dequeue_shared_queue (i32.const 1) (i32.const 20) (i32.const 24)`],
  ];
  expect(statuses(cases)).toEqual(cases.map(([status]) => status));
});
