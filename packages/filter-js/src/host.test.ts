import { readFileSync } from "node:fs";
import { namedFunctions, uncovered } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";

const proxy = (names: string) => names.split(" ").map((name) => `env.proxy_${name}`);

/** What a filter in TypeScript cannot call yet. */
const UNREACHABLE = {
  "the guest API has no call-outs": proxy(
    "http_call grpc_call grpc_stream grpc_send grpc_close grpc_cancel get_status",
  ),
  "a filter waits for call-outs only": proxy("continue_stream close_stream set_effective_context done"),
  "the guest API has no timers": proxy("set_tick_period_milliseconds"),
  "the engines bind Date to a clock": proxy("get_current_time_nanoseconds"),
  "the guest API has nothing that VMs share": [
    ...proxy("set_shared_data get_shared_data"),
    ...proxy("register_shared_queue resolve_shared_queue enqueue_shared_queue dequeue_shared_queue"),
  ],
  "getHeaders returns all headers": proxy("get_header_map_size"),
  "the guest API changes headers one by one": proxy("set_header_map_pairs"),
  "the callbacks are told the sizes of buffers": proxy("get_buffer_status"),
  "the guest API only reads properties": proxy("set_property"),
  "the guest API has no foreign functions": proxy("call_foreign_function"),
  "the host leaves out what is below its level": proxy("get_log_level"),
};

test("each Proxy-Wasm function is behind one of the guest API's, or unreachable for a reason", () => {
  const source = readFileSync(new URL("host.ts", import.meta.url), "utf8");
  expect(uncovered(namedFunctions(source), UNREACHABLE, (name) => name.startsWith("env.proxy_"))).toEqual([]);
});
