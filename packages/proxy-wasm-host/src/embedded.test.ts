import { expect, test } from "vitest";
import type { Pair } from "./abi/pairs.ts";
import { embed } from "./embedded.ts";
import { REQUEST, RESPONSE } from "./fixtures/streams.ts";
import { filter, on, pairs } from "./fixtures/wat.ts";
import { type Answer, answering } from "./vm/answering.ts";

const SIDE: readonly Pair[] = [
  [":method", "POST"],
  [":path", "/side"],
  [":authority", "auth.local"],
];

/** Asks the service `auth` before a request goes on; its header `x-user` is added to the request, a reset is logged. */
const ASKS = filter(`
  (global $stream (mut i32) (i32.const 0))
  ${on(
    "proxy_on_request_headers",
    `(global.set $stream (local.get $context))
     (if (call $proxy_http_call "auth"* "${pairs(...SIDE)}"* "question"* (i32.const 0) (i32.const 0) (i32.const 1000) (i32.const 16))
       (then (say "not called")))`,
    "(i32.const 1)",
  )}
  ${on(
    "proxy_on_http_call_response",
    `(if (i32.eqz (local.get $headers)) (then (say "reset")))
     (drop (call $proxy_get_header_map_value (i32.const 6) "x-user"* (i32.const 32) (i32.const 36)))
     (drop (call $proxy_set_effective_context (global.get $stream)))
     (drop (call $proxy_add_header_map_value (i32.const 0) "x-user"* (i32.load (i32.const 32)) (i32.load (i32.const 36))))
     (drop (call $proxy_continue_stream (i32.const 0)))`,
  )}`);

const OK: Answer = () => ({ headers: [[":status", "200"], ["x-user", "ann"]] }); // biome-ignore format: one line

function asking(answer: Answer) {
  const lines: string[] = [];
  const filters = embed({
    plugins: [{ name: "p", module: ASKS }],
    clusters: answering({ auth: answer }),
    canary: false,
    log: ({ message }) => lines.push(message),
  });
  return { filters, lines };
}

test.each([
  ["at once", OK],
  ["later", async (request: Parameters<Answer>[0]) => OK(request)],
] as const)("a call-out is answered by a function, %s", async (_, answer) => {
  const asked: unknown[] = [];
  const { filters } = asking((request) => {
    asked.push([request.headers, Buffer.from(request.body ?? []).toString()]);
    return answer(request);
  });
  const { atUpstream, atClient, reset } = await filters.pass({ headers: REQUEST }, { headers: RESPONSE });
  expect(atUpstream?.headers).toEqual([...REQUEST, ["x-user", "ann"]]);
  expect([atClient?.headers, reset]).toEqual([RESPONSE, false]);
  expect(asked).toEqual([[SIDE, "question"]]);
});

test.each<readonly [string, Answer]>([
  ["undefined", () => undefined],
  ["a promise of undefined", async () => undefined],
  ["an exception", () => expect.unreachable("no answer")],
  ["a rejected promise", () => Promise.reject(new Error("no answer"))],
])("%s in the place of an answer is a reset", async (_, answer) => {
  const { filters, lines } = asking(answer);
  await filters.pass({ headers: REQUEST }, { headers: RESPONSE });
  expect(lines).toEqual(["reset"]);
});

test("an answer that comes after the end is dropped", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const { filters, lines } = asking(() => promise);
  filters.openStream().request({ headers: REQUEST });
  filters.close();
  resolve(undefined);
  await promise;
  await new Promise((after) => setTimeout(after, 0));
  expect(lines).toEqual([]);
});

test("a service that is not there cannot be called", () => {
  const lines: string[] = [];
  const plugins = [{ name: "p", module: ASKS }];
  const filters = embed({ plugins, clusters: answering({ other: OK }), log: ({ message }) => lines.push(message) });
  filters.openStream().request({ headers: REQUEST });
  expect(lines).toEqual(["not called"]);
});

test("a gRPC call to a function ends with the status unimplemented", async () => {
  const module = filter(`
    ${on("proxy_on_request_headers", '(if (call $proxy_grpc_stream "auth"* "s"* "m"* (i32.const 0) (i32.const 0) (i32.const 16)) (then (say "not called")))')}
    ${on("proxy_on_grpc_close", '(if (i32.eq (local.get $status) (i32.const 12)) (then (say "unimplemented")))')}`);
  const lines: string[] = [];
  const filters = embed({
    plugins: [{ name: "p", module }],
    clusters: answering({ auth: OK }),
    log: ({ message }) => lines.push(message),
  });
  await filters.pass({ headers: REQUEST }, { headers: RESPONSE });
  expect(lines).toEqual(["unimplemented"]);
});

test("bodies and trailers pass, in both directions", async () => {
  const message = (headers: readonly Pair[]) => ({
    headers,
    body: Buffer.from("body"),
    trailers: [["x-t", "1"]] as const,
  });
  const [request, response] = [message(REQUEST), message(RESPONSE)];
  const passed = await embed({ plugins: [] }).pass(request, response);
  expect(passed).toEqual({
    atUpstream: { ...request, body: new Uint8Array(request.body) },
    atClient: { ...response, body: new Uint8Array(response.body) },
    reset: false,
  });
});

const ANSWERS =
  '(drop (call $proxy_send_local_response (i32.const 403) "no"* (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1)))';

test("the upstream's response is not sent where a filter has answered", async () => {
  const module = filter(`${on("proxy_on_request_headers", ANSWERS, "(i32.const 1)")}
    ${on("proxy_on_response_headers", '(say "response")')}`);
  const lines: string[] = [];
  const filters = embed({ plugins: [{ name: "p", module }], log: ({ message }) => lines.push(message) });
  const { atUpstream, atClient } = await filters.pass({ headers: REQUEST }, { headers: RESPONSE });
  expect([atUpstream, atClient?.headers[0]]).toEqual([undefined, [":status", "403"]]);
  const stream = filters.openStream();
  stream.request({ headers: REQUEST });
  stream.respond({ headers: RESPONSE });
  expect(stream.atClient?.headers[0]).toEqual([":status", "403"]);
  expect(lines).toEqual(["response", "response"]);
});

test("a stream that a filter closes is reset", async () => {
  const module = filter(on("proxy_on_response_headers", "(drop (call $proxy_close_stream (i32.const 1)))"));
  const passed = await embed({ plugins: [{ name: "p", module }] }).pass({ headers: REQUEST }, { headers: RESPONSE });
  expect([passed.atUpstream?.headers, passed.reset]).toEqual([REQUEST, true]);
});
