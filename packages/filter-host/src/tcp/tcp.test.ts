import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TraceEvent } from "proxy-wasm-host";
import { eventually, filter, on } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { proxy } from "../fixtures/proxy.ts";
import type { HostOptions } from "../host-options.ts";

/** A server that records what it receives and answers by `serve`, behind a host with TCP filters. */
async function run(serve: (socket: Socket) => void, module: Uint8Array, options: Partial<HostOptions> = {}) {
  const got: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setEncoding("latin1").on("data", (text) => got.push(String(text)));
    socket.on("error", () => {}).on("end", () => got.push("END"));
    serve(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const events: TraceEvent[] = [];
  const upstream = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { host, said } = await proxy(() => [], module, {
    upstream,
    tcp: true,
    trace: (event) => events.push(event),
    ...options,
  });
  const client = connect({ host: "127.0.0.1", port: Number(host.url.port), allowHalfOpen: true }).setEncoding("latin1");
  let received = "";
  client.on("data", (text) => {
    received += text;
  });
  client.on("error", () => {}).on("end", () => client.end());
  const ended = new Promise((resolve) => client.once("close", resolve));
  await once(client, "connect");
  /** The callbacks of the connection's context, with their arguments. */
  const callbacks = () =>
    events.flatMap(({ kind, phase, name, args: { context, ...rest } }) =>
      kind === "callback" && phase === "enter" && context === 2
        ? [[name.replace("proxy_on_", ""), ...Object.values(rest)].join(" ")]
        : [],
    );
  return { client, got, ended, events, callbacks, said, received: () => received };
}

const ECHO = (socket: Socket) => {
  socket.on("data", (text) => socket.write(`re:${text}`));
  socket.on("end", () => socket.end());
};

const ALL = `downstream_connection_close upstream_connection_close log delete context_create`
  .split(" ")
  .map((name) => on(`proxy_on_${name}`, ""))
  .join("");
const DONE = on("proxy_on_done", "", "(i32.const 1)");

test("a connection's callbacks, from the first to the last", async () => {
  const module = filter(
    `${ALL} ${DONE} ${["new_connection", "downstream_data", "upstream_data"].map((name) => on(`proxy_on_${name}`, "")).join("")}`,
  );
  const { client, got, ended, callbacks, received } = await run(ECHO, module);
  client.write("one");
  await eventually(() => received() === "re:one");
  client.end();
  await ended;
  await eventually(() => callbacks().at(-1) === "delete");
  expect(got).toEqual(["one", "END"]);
  expect(callbacks()).toEqual([
    "context_create 1",
    "new_connection",
    "downstream_data 3 0",
    "upstream_data 6 0",
    "downstream_data 0 1",
    "upstream_data 0 1",
    "upstream_connection_close 0",
    "downstream_connection_close 1",
    "done",
    "log",
    "delete",
  ]);
});

const put = (buffer: number, start: number, length: number, text: string) =>
  `(drop (call $proxy_set_buffer_bytes (i32.const ${buffer}) (i32.const ${start}) (i32.const ${length}) "${text}"*))`;

test("data can be changed both ways", async () => {
  const module = filter(
    `${on("proxy_on_downstream_data", put(2, 0, 99, "all"))} ${on("proxy_on_upstream_data", put(3, 0, 0, "<") + put(3, 99, 0, ">"))}`,
  );
  const { client, got, received } = await run(ECHO, module);
  client.write("one");
  await eventually(() => received() === "<re:all>");
  expect(got).toEqual(["all"]);
  client.destroy();
});

test("data that is held back is passed again with what follows, until it is continued", async () => {
  const module = filter(on("proxy_on_downstream_data", "", "(i32.lt_u (local.get $size) (i32.const 6))"));
  const { client, got, callbacks, received } = await run(ECHO, module);
  client.write("one");
  await eventually(() => callbacks().includes("downstream_data 3 0"));
  client.write("two");
  await eventually(() => received() === "re:onetwo");
  expect(got).toEqual(["onetwo"]);
  client.destroy();
});

test("a timer continues a connection", async () => {
  const module = filter(`
    (global $held (mut i32) (i32.const 0))
    ${on("proxy_on_configure", "(drop (call $proxy_set_tick_period_milliseconds (i32.const 5)))", "(i32.const 1)")}
    ${on("proxy_on_new_connection", "(global.set $held (local.get $context))", "(i32.const 1)")}
    ${on("proxy_on_tick", "(if (global.get $held) (then (drop (call $proxy_set_effective_context (global.get $held))) (drop (call $proxy_continue_stream (i32.const 2))) (global.set $held (i32.const 0))))")}`);
  const { client, received } = await run(ECHO, module);
  client.write("one");
  await eventually(() => received() === "re:one");
  client.destroy();
});

test.each([
  [
    "closes the connection",
    "(drop (call $proxy_close_stream (i32.const 2)))",
    ["downstream_connection_close 1", "done", "log", "delete"],
  ],
  ["traps", "unreachable", []],
])("a filter that %s", async (_, code, last) => {
  const module = filter(`${ALL} ${DONE} ${on("proxy_on_downstream_data", code)}`);
  const { client, got, ended, callbacks, received } = await run(ECHO, module);
  client.write("one");
  await ended;
  await eventually(() => got.includes("END"));
  expect([got, received()]).toEqual([["END"], ""]);
  await eventually(() => callbacks().length >= 2 + last.length);
  expect(callbacks().slice(2)).toEqual(last);
});

test("a module that could not be loaded accepts no connection; one that traps with the policy legacy-open is bypassed", async () => {
  const refused = await run(ECHO, Buffer.from("no module"));
  await refused.ended;
  expect(refused.got).toEqual([]);
  const module = filter(on("proxy_on_downstream_data", "unreachable"));
  const open = await run(ECHO, module, { plugins: [{ name: "p", module, failPolicy: "legacy-open" }] });
  open.client.write("one");
  await eventually(() => open.received() === "re:one");
  open.client.destroy();
});

test("an upstream that is unreachable, or resets the connection, resets the client's", async () => {
  const dead = await run(ECHO, filter(ALL), { upstream: new URL("http://127.0.0.1:1") });
  await dead.ended;
  const cut = await run((socket) => socket.on("data", () => socket.resetAndDestroy()), filter(ALL));
  cut.client.write("one");
  await cut.ended;
  await eventually(() => cut.callbacks().includes("downstream_connection_close 1"));
});

test("a connection's properties", async () => {
  const read = (path: string) => `(drop (call $proxy_get_property "${path}"* (i32.const 16) (i32.const 20)))`;
  const paths = ["request\\00path", "request\\00protocol", "xds\\00route_name", "xds\\00cluster_name", "plugin_name"];
  const { client, events, received } = await run(
    ECHO,
    filter(on("proxy_on_downstream_data", paths.map(read).join(""))),
  );
  client.write("one");
  await eventually(() => received() === "re:one");
  const found = events.filter(({ kind, phase }) => kind === "call" && phase === "leave");
  expect(found.map(({ result, results }) => results?.value ?? result)).toEqual([
    "NOT_FOUND",
    "NOT_FOUND",
    "NOT_FOUND",
    "upstream",
    "p",
  ]);
  client.destroy();
});
