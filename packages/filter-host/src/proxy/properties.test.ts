import type { TraceEvent } from "proxy-wasm-host";
import { escaped, eventually, filter, on } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { proxy } from "../fixtures/proxy.ts";
import { ask } from "../fixtures/sockets.ts";

const ANSWER =
  "HTTP/1.1 201 Created\r\nx-up: a\r\nx-up: b\r\ntransfer-encoding: chunked\r\ntrailer: x-t\r\n\r\n5\r\nhello\r\n0\r\nx-t: tv\r\ngrpc-status: 5\r\n\r\n";
const REQUEST =
  "POST /a/b?x=1 HTTP/1.1\r\nhost: h:80\r\nx-q: 1\r\nx-q: 2\r\nuser-agent: u\r\nx-request-id: 123\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody";

const read = (path: string) =>
  `(drop (call $proxy_get_property "${escaped(Buffer.from(path.replaceAll(".", "\0")))}"* (i32.const 16) (i32.const 20)))`;

/** The property at each path in a callback: its value as text, as a number if it has 8 bytes, or the status. */
async function properties(callback: string, paths: readonly string[], before = ""): Promise<Record<string, unknown>> {
  const events: TraceEvent[] = [];
  const code = `${before} ${paths.map(read).join("")}`;
  const body = /body$/.test(callback) ? `(if (local.get $end_of_stream) (then ${code}))` : code;
  const { host } = await proxy(() => [ANSWER], filter(on(callback, body, "(i32.const 0)")), {
    trace: (event) => events.push(event),
  });
  await ask(host.url, REQUEST);
  const left = () => events.filter(({ name, phase }) => name === "proxy_get_property" && phase === "leave");
  await eventually(() => left().length >= paths.length);
  return Object.fromEntries(
    left().map(({ args, result, results }) => {
      const bytes = Buffer.from((results?.value ?? "") as string);
      const number = bytes.length === 8 && bytes.subarray(2).every((byte) => byte === 0);
      const value = number ? bytes.readUInt32LE() : bytes.toString();
      return [(args.path as string[]).join("."), result === "OK" ? value : result];
    }),
  );
}

test("a request's properties during its headers callback", async () => {
  const expected = {
    "request.path": "/a/b?x=1",
    "request.url_path": "/a/b",
    "request.query": "x=1",
    "request.host": "h:80",
    "request.scheme": "http",
    "request.method": "POST",
    "request.useragent": "u",
    "request.referer": "NOT_FOUND",
    "request.id": "123",
    "request.protocol": "HTTP/1.1",
    "request.size": 4,
    "request.duration": "NOT_FOUND",
    "request.headers.X-Q": "1,2",
    "request.headers.none": "NOT_FOUND",
    "request.path.x": "NOT_FOUND",
    request: "SERIALIZATION_FAILURE",
    "": "SERIALIZATION_FAILURE",
    "response.code": "NOT_FOUND",
    "response.grpc_status": "NOT_FOUND",
    "response.headers": "\0\0\0\0",
    "connection.requested_server_name": "",
    "connection.mtls": "\0",
    "upstream.address": "NOT_FOUND",
    "upstream.num_endpoints": 1,
    "xds.cluster_name": "upstream",
    "xds.node.user_agent_name": "envoy",
    "xds.listener_metadata.filter_metadata": "\0\0\0\0",
    metadata: "",
    plugin_name: "p",
    plugin_vm_id: "",
    "node.id": "NOT_FOUND",
    cluster_name: "NOT_FOUND",
    listener_direction: "NOT_FOUND",
    nope: "NOT_FOUND",
    mine: "v",
  };
  const set = '(drop (call $proxy_set_property "mine"* "v"*))';
  expect(await properties("proxy_on_request_headers", Object.keys(expected), set)).toEqual(expected);
});

test("properties of headers exist only during their callback", async () => {
  const expected = {
    "request.path": "NOT_FOUND",
    "request.headers": "\0\0\0\0",
    "request.size": 4,
    "request.total_size": 4,
    "response.code": 201,
    "response.code_details": "via_upstream",
    "response.headers.x-up": "a,b",
    "response.grpc_status": 2,
    "response.size": 0,
    "upstream.request_attempt_count": 1,
    "upstream.locality": "",
    "xds.upstream_host_metadata": "SERIALIZATION_FAILURE",
  };
  expect(await properties("proxy_on_response_headers", Object.keys(expected))).toEqual(expected);
});

test("all properties of the stream exist in the log", async () => {
  const expected = {
    "request.path": "/a/b?x=1",
    "response.headers.:status": "201",
    "response.headers.transfer-encoding": "NOT_FOUND",
    "response.trailers.x-t": "tv",
    "response.grpc_status": 5,
    "response.size": 5,
    "response.flags": 0,
  };
  expect(await properties("proxy_on_log", Object.keys(expected))).toEqual(expected);
});
