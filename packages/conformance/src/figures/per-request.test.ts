import { expect, test } from "vitest";
import wabt from "wabt";
import { memoryFigures } from "./memory.ts";
import { requestCosts } from "./per-request.ts";

const { parseWat } = await wabt();

/** Every tenth request runs 100 instructions more and takes a page. */
const WAT = `(module (memory (export "memory") 1) (global $n (mut i32) (i32.const 0))
  (func (export "proxy_abi_version_0_2_1")) (func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (if (i32.eqz (i32.rem_u (global.get $n) (i32.const 10))) (then ${"nop ".repeat(97)} (drop (memory.grow (i32.const 1)))))
    (i32.const 0)))`;
const { buffer } = parseWat("module.wat", WAT, {}).toBinary({});

test("what happens now and then is in the sum, not in the median", async () => {
  const cost = { hostCalls: [], entries: ["proxy_on_request_headers"], instructions: 10, instructionsOf1000: 20_000 };
  expect(await requestCosts(buffer)).toEqual({ "without hello": cost, "with hello": cost });
});

test("linear memory that grows is seen", async () => {
  expect(await memoryFigures(buffer, 30)).toEqual({ start: 65_536, later: 4 * 65_536 });
});
