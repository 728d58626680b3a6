import { eventually, filter, on, pairs, Vm } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { grpcServer } from "../fixtures/grpc.ts";
import { http2Upstream } from "../fixtures/http2.ts";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, scriptedUpstream } from "../fixtures/sockets.ts";
import { internalErrors, throwAt, uncaught } from "../fixtures/uncaught.ts";

const CLOSES = OK.replace("content", "connection: close\r\ncontent");
const ASKED = pairs([":method", "POST"], [":path", "/"], [":authority", "a"]);
const http = (cluster: string) =>
  `(drop (call $proxy_http_call "${cluster}"* "${ASKED}"* "body"* (i32.const 0) (i32.const 0) (i32.const 60000) (i32.const 16)))`;
const GRPC = `(drop (call $proxy_grpc_call "g"* "test.Echo"* "Once"* (i32.const 0) (i32.const 0) "hi"* (i32.const 60000) (i32.const 16)))
  (drop (call $proxy_grpc_stream "g"* "test.Echo"* "Chat"* (i32.const 0) (i32.const 0) (i32.const 16)))
  (drop (call $proxy_grpc_send (i32.load (i32.const 16)) "bye"* (i32.const 1)))`;

/** A host whose filter calls other services with each request, and logs their answers. */
async function calls() {
  const http1 = await scriptedUpstream(() => [CLOSES]);
  const grpc = await grpcServer();
  onTestFinished(() => {
    http1.close();
    grpc.close();
  });
  const http2 = await http2Upstream((stream) => {
    stream.resume().on("end", () => {
      if (stream.destroyed) return;
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
  });
  const module = filter(`
    ${on("proxy_on_request_headers", http("one") + http("two") + GRPC)}
    ${on("proxy_on_http_call_response", '(say "answered")')}
    ${on("proxy_on_grpc_receive_initial_metadata", "")} ${on("proxy_on_grpc_receive_trailing_metadata", "")}
    ${on("proxy_on_grpc_receive", '(say "received")')} ${on("proxy_on_grpc_close", '(say "closed")')}`);
  const { host, said } = await proxy(() => [CLOSES], module, {
    clusters: { one: http1.url, two: http2, g: grpc.url },
  });
  const count = (word: string) => said("filter").filter((line) => line === word).length;
  const all = () => [count("answered"), count("received"), count("closed")];
  /** Sends a request, and waits until all that it calls has answered. */
  const whole = async (): Promise<void> => {
    const [answered = 0, received = 0, closed = 0] = all();
    expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 200 /);
    await eventually(() => String(all()) === String([answered + 2, received + 2, closed + 1]));
  };
  return { host, whole, broken: () => internalErrors(said("host")) };
}

test.each([
  ["proxy_on_http_call_response", 1],
  ["proxy_on_http_call_response", 2],
  ["proxy_on_grpc_receive_initial_metadata", 1],
  ["proxy_on_grpc_receive", 1],
  ["proxy_on_grpc_receive", 2],
  ["proxy_on_grpc_receive_trailing_metadata", 1],
  ["proxy_on_grpc_close", 1],
])("after an exception around %s the next calls are answered", async (callback, nth) => {
  const escaped = uncaught();
  const { host, whole, broken } = await calls();
  await whole();
  let seen = 0;
  const original = Vm.prototype.call;
  Vm.prototype.call = function (context, name, ...values) {
    if (name === callback && ++seen === nth) throw new Error("injected");
    return original.call(this, context, name, ...values);
  };
  onTestFinished(() => {
    Vm.prototype.call = original;
  });
  expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 200 /);
  await eventually(() => broken().length > 0);
  Vm.prototype.call = original;
  const settled = await ask(host.url, GET);
  expect(settled).toMatch(/^HTTP\/1.1 200 /);
  expect(broken()).toHaveLength(1);
  expect(escaped).toEqual([]);
});

test("an exception around a tick is one line of the log, and the next tick comes", async () => {
  const escaped = uncaught();
  const { said } = await proxy(
    () => [OK],
    filter(`
      ${on("proxy_on_configure", "(drop (call $proxy_set_tick_period_milliseconds (i32.const 5)))", "(i32.const 1)")}
      ${on("proxy_on_tick", '(say "tick")')}`),
  );
  await eventually(() => said("filter").includes("tick"));
  const injected = throwAt(1, Vm.prototype, "call");
  await eventually(() => internalErrors(said("host")).length === 1);
  const before = said("filter").length;
  await eventually(() => said("filter").length > before);
  injected.restore();
  expect(internalErrors(said("host"))).toEqual([expect.stringMatching(/^internal error at a tick: injected/)]);
  expect(escaped).toEqual([]);
});
