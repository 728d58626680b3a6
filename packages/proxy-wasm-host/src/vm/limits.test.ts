import { expect, test } from "vitest";
import { filters, statusOf } from "../fixtures/streams.ts";
import { assemble, filter, on } from "../fixtures/wat.ts";
import { limitMemories } from "../wasm/memory-limit.ts";

const GROW = `(if (i32.eq (memory.grow (i32.const 2)) (i32.const -1)) (then (say "refused")) (else (say "grown")))`;
const GROWS = filter(on("proxy_on_request_headers", GROW));
const PAGE = 65536;

test("memory grows up to the limit, beyond it the module is refused more, and lives", () => {
  const { pass, lines, forget, plugin } = filters(GROWS, {}, { memoryLimit: 6 * PAGE });
  forget();
  expect([statusOf(pass()), statusOf(pass())]).toEqual(["200", "200"]);
  expect([lines(), plugin.memoryPages]).toEqual([["grown", "refused"], 5]);
});

test("a memory that begins above the limit is refused", () => {
  const { plugin } = filters(GROWS, {}, { memoryLimit: 2 * PAGE });
  expect(plugin.error).toBe("the module begins with 3 pages of memory, expected at most 2: the limit");
});

test("the limit is Envoy's 1 GiB where a module names none, and a lower one of the module's own stays", () => {
  const grown = (memory: string, pages: number) => {
    const code = assemble(`(module (func (export "nop")) (memory (export "m") ${memory}) (data (i32.const 0) "x"))`);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(limitMemories(code, pages)), {});
    const { m } = exports as unknown as { m: { grow(pages: number): number } };
    const fits = (more: number) => {
      try {
        return m.grow(more) >= 0;
      } catch {
        return false;
      }
    };
    return [fits(1), fits(300), fits(1)];
  };
  expect(grown("1", 303)).toEqual([true, true, true]);
  expect(grown("1", 302)).toEqual([true, true, false]);
  expect(grown("1 2", 302)).toEqual([true, false, false]);
});

test("one message of a log is shown up to 1 MiB, by either way", () => {
  const shout = filter(
    on(
      "proxy_on_request_headers",
      `(drop (memory.grow (i32.const 32)))
       (drop (call $proxy_log (i32.const 2) (i32.const 0) (i32.const 1048579)))
       (i32.store (i32.const 16) (i32.const 0)) (i32.store (i32.const 20) (i32.const 1048580))
       (i32.store (i32.const 24) (i32.const 0)) (i32.store (i32.const 28) (i32.const 2))
       (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 2) (i32.const 32)))`,
    ),
  );
  const { pass, lines, forget } = filters(shout);
  forget();
  expect(statusOf(pass())).toBe("200");
  expect(lines().map((line) => [line.length, line.slice(2 ** 20)])).toEqual([
    [1048594, "... (3 more bytes)"],
    [1048594, "... (6 more bytes)"],
  ]);
});
