import type { Socket } from "node:net";
import { Exchange, type Filter, HeaderMap, Plugin, StreamInfo } from "proxy-wasm-host";
import { Direction, eventually } from "proxy-wasm-host/testing";
import { expect, test, vi } from "vitest";
import { askHttp2, http2Client, http2Upstream } from "../fixtures/http2.ts";
import { proxy } from "../fixtures/proxy.ts";
import { ask, dial } from "../fixtures/sockets.ts";
import { internalErrors, throwAt, uncaught } from "../fixtures/uncaught.ts";
import type { HostOptions } from "../host-options.ts";
import { Downstream } from "./http1/downstream.ts";
import { Upstream } from "./http1/upstream.ts";
import { Http2Downstream } from "./http2/downstream.ts";
import { Http2Upstream } from "./http2/upstream.ts";

const POST =
  "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n";
const ANSWER =
  "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-u: 1\r\n\r\n";

/** Waits for the end of a request whose head has arrived. */
const whole = (request: string, socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    let text = request;
    const look = (more: string) => {
      text += more;
      if (text.includes("\r\n0\r\n")) resolve();
    };
    socket.on("data", look);
    look("");
  });

/** A host between two protocols, whose requests have bodies and trailers both ways. */
async function between(client: Protocol, upstream: Protocol, options: Partial<HostOptions> = {}) {
  const url =
    upstream === "HTTP/2"
      ? await http2Upstream((stream) => {
          stream.resume().on("end", () => {
            if (stream.destroyed) return;
            stream.respond({ ":status": 200 }, { waitForTrailers: true });
            stream.on("wantTrailers", () => stream.sendTrailers({ "x-u": "1" }));
            stream.end("ok");
          });
        })
      : undefined;
  const made = await proxy((request, socket) => [whole(request, socket), ANSWER, "HANG UP"], undefined, {
    ...(url && { upstream: url }),
    ...options,
  });
  /** The status of the response, `cut` if it is incomplete. */
  const send = async (): Promise<string> => {
    if (client === "HTTP/1") {
      const answer = await ask(made.host.url, POST);
      const [, status] = /^HTTP\/1.1 (\d+)/.exec(answer) ?? [];
      const end = /transfer-encoding/.test(answer) ? /\r\n0\r\n[\s\S]*\r\n\r\n$/ : /\r\n\r\n/;
      return status !== undefined && end.test(answer) ? status : "cut";
    }
    const session = http2Client(made.host.url);
    const { headers, reset } = await askHttp2(session, { ":method": "POST" }, "abc", { "x-t": "1" });
    session.destroy();
    return reset === 0 ? String(headers[":status"]) : "cut";
  };
  const broken = () => internalErrors(made.said("host"));
  return { ...made, send, broken };
}

type Protocol = "HTTP/1" | "HTTP/2";
const PAIRS: readonly [client: Protocol, upstream: Protocol][] = [
  ["HTTP/1", "HTTP/1"],
  ["HTTP/1", "HTTP/2"],
  ["HTTP/2", "HTTP/1"],
  ["HTTP/2", "HTTP/2"],
];

/** The methods that each exchange calls, on both sides. */
const METHODS: readonly [owner: { readonly prototype: object; readonly name: string }, methods: string][] = [
  [Exchange, "ask respond end"],
  [Direction, "headers data trailers"],
  [StreamInfo, "routed connected answered complete"],
  [Downstream, "headers data trailers"],
  [Http2Downstream, "headers data trailers"],
  [Upstream, "headers data trailers close"],
  [Http2Upstream, "headers data trailers close"],
  [Plugin, "newStream"],
];
const PLACES = PAIRS.flatMap(([client, upstream]) =>
  METHODS.flatMap(([owner, methods]) => {
    const other = client === "HTTP/1" ? Http2Downstream : Downstream;
    const far = upstream === "HTTP/1" ? Http2Upstream : Upstream;
    return owner === other || owner === far
      ? []
      : methods.split(" ").map((method) => [client, upstream, `${owner.name}.${method}`, owner, method] as const);
  }),
);

test.each(PLACES)(
  "%s to %s: after an exception in %s the next request is served",
  async (...[client, upstream, , owner, method]) => {
    const escaped = uncaught();
    const { send, broken } = await between(client, upstream);
    expect(await send()).toBe("200");
    for (let nth = 1; nth <= 3; nth++) {
      const before = broken().length;
      const injected = throwAt(nth, owner.prototype, method);
      const came = await send();
      injected.restore();
      if (injected.calls() < nth) break;
      expect(["200", "500", "cut"]).toContain(came);
      await eventually(() => broken().length > before);
      expect(broken().at(-1)).toMatch(/^internal error at [^:]+: injected \(uncaught\.ts:\d+\)$/);
      expect(await send()).toBe("200");
    }
    expect(escaped).toEqual([]);
  },
);

const SIDES = ["request", "response"] as const;
const CALLBACKS = ["headers", "data", "trailers"] as const;

test.each(PAIRS)("%s to %s: after a filter's exception at any callback the next request is served", async (...pair) => {
  const escaped = uncaught();
  const { send, broken } = await between(...pair);
  const throws = () => {
    throw new Error("injected");
  };
  const pass = () => "continue" as const;
  const stage = { headers: pass, data: pass, trailers: pass };
  const filter: Filter = { request: stage, response: stage, log: () => {}, end: () => {} };
  const injected: [want: string[], Filter][] = [
    [["200"], { ...filter, log: throws }],
    [["200"], { ...filter, end: throws }],
    ...SIDES.flatMap((side) =>
      CALLBACKS.map((callback): [string[], Filter] => [
        side === "response" && callback !== "headers" ? ["cut"] : ["500"],
        { ...filter, [side]: { ...stage, [callback]: throws } },
      ]),
    ),
  ];
  for (const [index, [want, one]] of injected.entries()) {
    const spy = vi.spyOn(Plugin.prototype, "newStream").mockReturnValue(one);
    expect(want).toContain(await send());
    await eventually(() => broken().length > index);
    spy.mockRestore();
    expect(await send()).toBe("200");
  }
  expect(broken()).toHaveLength(injected.length);
  expect(escaped).toEqual([]);
});

test.each(PAIRS)("%s to %s: an exception at each use of headers in turn", async (...pair) => {
  const escaped = uncaught();
  const { send, broken } = await between(...pair, { plugins: [] });
  for (const method of ["add", "get", "has", "set", "remove", "pairs"]) {
    for (let nth = 1; ; nth++) {
      const before = broken().length;
      const injected = throwAt(nth, HeaderMap.prototype, method);
      const came = await send();
      injected.restore();
      if (injected.calls() < nth) break;
      expect(["200", "500", "cut"]).toContain(came);
      await eventually(() => broken().length > before);
    }
    expect(await send()).toBe("200");
  }
  expect(escaped).toEqual([]);
});

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
const UPGRADE = "GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

test.each([
  [Direction, "data", 4],
  [Direction, "headers", 2],
  [Downstream, "headers", 1],
  [Downstream, "data", 2],
  [Upstream, "headers", 1],
  [Upstream, "data", 2],
  [Upstream, "close", 1],
])("a tunnel: after an exception in %o.%s the next one opens", async (owner, method, most) => {
  const escaped = uncaught();
  const { host, said } = await proxy((_, socket) => {
    socket.on("data", (text: string) => {
      if (!text.includes("HTTP/1.1")) socket.end(`re:${text}`, "latin1");
    });
    return [SWITCH];
  });
  const talk = async (): Promise<string> => {
    const client = await dial(host.url);
    client.send(UPGRADE);
    await Promise.race([client.until(/\r\n\r\n/), client.rest()]);
    client.send("hello");
    return client.rest();
  };
  expect(await talk()).toMatch(/re:hello$/);
  for (let nth = 1; nth <= most; nth++) {
    const injected = throwAt(nth, owner.prototype, method);
    const [before] = [internalErrors(said("host")).length];
    await talk();
    await eventually(() => internalErrors(said("host")).length > before);
    injected.restore();
    expect(await talk()).toMatch(/re:hello$/);
  }
  expect(escaped).toEqual([]);
});

test.each([
  [Direction, "unblock"],
  [Downstream, "data"],
  [Upstream, "data"],
  [Upstream, "resume"],
])("bodies that must wait: after an exception in %o.%s the next is whole", async (owner, method) => {
  const escaped = uncaught();
  const size = 8 * 1024 * 1024;
  const { host, said } = await proxy((request, socket) => {
    const answer = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${size}\r\n\r\n${"x".repeat(size)}`;
    let rest = size - (request.length - request.indexOf("\r\n\r\n") - 4);
    return [
      new Promise<void>((resolve) => {
        socket.on("data", (text: string) => {
          rest -= text.length;
          if (rest <= 0) resolve();
        });
      }),
      answer,
      "HANG UP",
    ];
  });
  const post = async (): Promise<number> => {
    const head = `POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: ${size}\r\n\r\n`;
    return (await ask(host.url, head + "y".repeat(size))).length;
  };
  expect(await post()).toBeGreaterThan(size);
  const injected = throwAt(2, owner.prototype, method);
  await post();
  await eventually(() => internalErrors(said("host")).length > 0);
  injected.restore();
  expect(await post()).toBeGreaterThan(size);
  expect(escaped).toEqual([]);
});
