import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The functions that the specification 0.2.1 has a host expose, by its sections. */
const SPECIFICATION = `
  done set_effective_context
  log get_log_level
  get_current_time_nanoseconds set_tick_period_milliseconds
  set_buffer_bytes get_buffer_bytes get_buffer_status
  get_header_map_size get_header_map_pairs set_header_map_pairs
  get_header_map_value add_header_map_value replace_header_map_value remove_header_map_value
  continue_stream close_stream get_status
  send_local_response http_call
  grpc_call grpc_stream grpc_send grpc_cancel grpc_close
  set_shared_data get_shared_data
  register_shared_queue resolve_shared_queue enqueue_shared_queue dequeue_shared_queue
  define_metric record_metric increment_metric get_metric
  get_property set_property
  call_foreign_function`;

test("the SDK has every host function", () => {
  const folder = join(import.meta.dirname, "../assembly");
  const declared = globSync("*.ts", { cwd: folder }).flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/@external\("env", "proxy_(\w+)"\)/g)].map(
      ([, name]) => name,
    ),
  );
  expect(declared.sort()).toEqual(SPECIFICATION.trim().split(/\s+/).sort());
});
