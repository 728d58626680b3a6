import type { Observer } from "proxy-wasm-host";
import { filter, filters, on } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import type { CapturedValue } from "./call.ts";
import { Capture } from "./capture.ts";
import { MASK } from "./known-secrets.ts";
import { Redaction, Secrets } from "./redaction.ts";

type Seen = [name: string, taken: readonly CapturedValue[] | undefined, given: readonly CapturedValue[] | undefined];

/** What is captured of the host calls that a filter makes on request headers; each call is captured as if it were the first. */
function captured(...calls: readonly string[]): Seen[] {
  const seen: Seen[] = [];
  const observer: Observer = {
    entered: () => {},
    left: () => {},
    wrap(vm, fn, implementation) {
      const capture = new Capture(fn);
      return (...values) => {
        const secrets = new Secrets(new Redaction());
        const taken = capture.inputs(vm.memory, values, secrets);
        const status = implementation(...values);
        seen.push([
          fn.name.replace("proxy_", ""),
          taken,
          status ? undefined : capture.outputs(vm.memory, values, taken, secrets),
        ]);
        return status;
      };
    },
  };
  const code = calls.map((call) => `(drop (call $proxy_${call}))`).join("");
  filters(filter(on("proxy_on_request_headers", code)), {}, { observer }).pass();
  return seen;
}

const MAP = "(i32.const 0)";
const AT = "(i32.const 16) (i32.const 20)";
const CAS = "(i32.const 0)";

/** Calls that write and read one value under a name. */
const calls = (name: string) => [
  `add_header_map_value ${MAP} "${name}"* "secret"*`,
  `get_header_map_value ${MAP} "${name}"* ${AT}`,
  `replace_header_map_value ${MAP} "${name}"* "secret"*`,
  `set_shared_data "${name}"* "secret"* ${CAS}`,
  `get_shared_data "${name}"* ${AT} (i32.const 24)`,
  `set_property "${name}"* "secret"*`,
  `get_property "${name}"* ${AT}`,
];

test.each([
  ["authorization", MASK],
  ["x-harmless", "secret"],
])("a value under the name %s is captured as %s", (name, value) => {
  expect(captured(...calls(name))).toEqual([
    ["add_header_map_value", [name, value], undefined],
    ["get_header_map_value", [name], [value]],
    ["replace_header_map_value", [name, value], undefined],
    ["set_shared_data", [name, value], undefined],
    ["get_shared_data", [name], [value, 1]],
    ["set_property", [name, value], undefined],
    ["get_property", [name], [value]],
  ]);
});
