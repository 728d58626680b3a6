import { parse } from "@bytecodealliance/jco";
import { expect, test } from "vitest";
import { lower } from "./lower.ts";

/** The message with which the lowering step refuses a component. */
async function refusal(text: string): Promise<string> {
  const component = await parse(`(component ${text})`);
  const error = await lower(component).catch((thrown) => thrown);
  return error.message;
}

const MEMORY = `
  (core module $memory (memory (export "memory") 1) (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $mem))
  (alias core export $memory "realloc" (core func $realloc))`;

test("a core module is no component", async () => {
  await expect(lower(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).rejects.toThrow(
    "this is no WebAssembly component",
  );
});

test("an import that nothing provides is named, and where to add it", async () => {
  const text = await refusal(`
    (import "wasi:sockets/tcp@0.2.12" (instance $tcp (export "listen" (func (param "backlog" u32)))))
    (alias export $tcp "listen" (func $listen))
    (core func $lowered (canon lower (func $listen)))
    (core module $m
      (import "any" "name" (func (param i32)))
      (func (export "run") i32.const 1 call 0))
    (core instance $i (instantiate $m (with "any" (instance (export "name" (func $lowered))))))
    (func (export "run") (canon lift (core func $i "run")))`);
  expect(text).toBe(
    "cannot lower the component: it imports wasi:sockets/tcp#listen, which the adapter doesn't have; add wasi_sockets_tcp_listen to assembly/, or the name to the refused ones in src/wasi.ts",
  );
});

test("a component of another world is told which function it lacks", async () => {
  const text = await refusal(`${MEMORY}
    (import "proxy-wasm:filter/host@0.2.1" (instance $host (export "get-property" (func (param "path" (list string)) (result string)))))
    (alias export $host "get-property" (func $get))
    (core func $lowered (canon lower (func $get) (memory $mem) (realloc $realloc)))
    (core module $m (import "host" "get" (func (param i32 i32 i32))) (func (export "run")))
    (core instance $i (instantiate $m (with "host" (instance (export "get" (func $lowered))))))
    (func (export "run") (canon lift (core func $i "run")))`);
  expect(text).toMatch(/^cannot lower the component: it doesn't export [a-z-]+, as the world in wit\/ says it does$/);
});

test("what the tools may come to use is refused by name", async () => {
  expect(
    await refusal(
      '(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (func $f (canon lift (core func $i "f"))) (start $f)',
    ),
  ).toMatch(/it has section 9, which this step doesn't know; its tools may have changed/);
});
