import { expect, test } from "vitest";
import { filters, REQUEST, RESPONSE, statusOf } from "../fixtures/streams.ts";
import { filter, on } from "../fixtures/wat.ts";

const REPLY =
  '(drop (call $proxy_send_local_response (i32.const 403) "no"* "denied"* (i32.const 0) (i32.const 0) (i32.const -1)))';

// Envoy crashes here, so that only this test says what happens.
test.each([
  ["a local response", REPLY],
  ["a closed stream", "(drop (call $proxy_close_stream (i32.const 1)))"],
])("after %s and a trap in the response's headers, the client gets 503 once, and the VM has failed", (_, before) => {
  const module = filter(on("proxy_on_response_headers", `${before} unreachable`));
  for (const failPolicy of ["close", "open", "reload"] as const) {
    const { plugin, pass } = filters(module, { failPolicy });
    const stream = pass();
    expect([statusOf(stream), stream.atClient?.body ?? "none", plugin.state]).toEqual(["503", "none", "failed"]);
  }
});

test("a module that traps when its root context is created serves nothing, says so once, and is not loaded again", () => {
  const module = filter(
    '(func (export "proxy_on_context_create") (param i32 i32) (if (i32.eqz (local.get 1)) (then unreachable)))',
  );
  const { plugin, host, events, pass } = filters(module, { failPolicy: "reload", reloadInterval: 0 });
  const created = events.length;
  expect([statusOf(pass(REQUEST, RESPONSE)), plugin.state, events.length]).toEqual(["503", "failed", created]);
  expect(host()).toEqual(["proxy_on_context_create trapped: unreachable; every request gets 503"]);
});
