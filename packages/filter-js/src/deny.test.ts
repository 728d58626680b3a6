import { expect, test } from "vitest";
import { CALLBACKS, dispatchedExports, installs, needsDispatcher } from "./callbacks.ts";
import { dispatcher } from "./dispatcher.ts";
import { Action, type Filter } from "./filter.ts";
import type { Host } from "./host.ts";
import { type HostCall, HostFunction } from "./host-call.ts";
import { respond } from "./messages.ts";
import { Status } from "./status.ts";
import { closeStream, StreamType } from "./streams.ts";
import "./install-deny.ts";
import { fakeHost } from "./testing.ts";

const ROOT = 1;

/** A filter that denies, behind the dispatcher: context 2 is a stream of root context 1. */
function denying(filter: (host: Host) => Partial<Filter<unknown>>, status: Status = Status.Ok) {
  const answers: string[] = [];
  let effective = 0;
  const call: HostCall = (which, first, _, details) => {
    if (which === HostFunction.SetEffectiveContext) effective = first;
    if (which === HostFunction.CloseStream) answers.push(`${effective}: closed ${first}`);
    if (which === HostFunction.SendLocalResponse)
      answers.push(`${effective}: ${first} ${new TextDecoder().decode(details)}`);
    return [which === HostFunction.SendLocalResponse ? status : Status.Ok, 0, new Uint8Array(0)];
  };
  const host = fakeHost();
  const define = (given: Host) => ({ onConfigure: () => ({}), onError: "deny", ...filter(given) }) as Filter<unknown>;
  const made = dispatcher(define, host, call);
  const on = (name: string, ...given: number[]) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = given;
    effective = a;
    return made.dispatch(
      CALLBACKS.findIndex((callback) => callback.name === name),
      ...([a, b, c, d, e] as const),
    );
  };
  on("onContextCreate", ROOT, 0);
  on("onConfigure", ROOT, 0);
  on("onContextCreate", 2, ROOT);
  return { on, answers, host, denied: () => host.metrics.map(({ name, value }) => `${name} ${value}`), made };
}

const fails = () => {
  throw new RangeError("no");
};

test.each([
  "onRequestHeaders",
  "onRequestBody",
  "onRequestTrailers",
  "onResponseHeaders",
  "onResponseBody",
  "onResponseTrailers",
] as const)("an exception in %s answers the client, and is counted", (name) => {
  const { on, answers, denied, host } = denying(() => ({ [name]: fails }));
  expect(denied()).toEqual(["filter_js_denied 0"]);
  expect(on(name, 2, 1, 1)).toBe(Action.Pause);
  expect(answers).toEqual([`2: 500 filter_js_error{${name}}`]);
  expect(denied()).toEqual(["filter_js_denied 1"]);
  expect(host.logged.map(({ message }) => message.split("\n")[0])).toEqual([`${name}: RangeError: no`]);
});

test.each(["onNewConnection", "onDownstreamData", "onUpstreamData"] as const)(
  "an exception in %s closes the connection",
  (name) => {
    const { on, answers, denied } = denying(() => ({ [name]: fails }));
    expect(on(name, 2, 1, 1)).toBe(Action.Pause);
    expect(answers).toEqual([`2: closed ${StreamType.Downstream}`]);
    expect(denied()).toEqual(["filter_js_denied 1"]);
  },
);

test("in a filter for requests and connections, each is denied in its own way", () => {
  const { on, answers } = denying(() => ({ onRequestHeaders: fails, onDownstreamData: fails }));
  on("onContextCreate", 3, ROOT);
  on("onRequestHeaders", 2, 1, 1);
  on("onDownstreamData", 3, 1, 1);
  expect(answers).toEqual(["2: 500 filter_js_error{onRequestHeaders}", `3: closed ${StreamType.Downstream}`]);
});

test("a stream is answered once, and what fails in that response lets it go on", () => {
  const { on, answers, denied } = denying(() => ({
    onRequestHeaders: fails,
    onRequestBody: fails,
    onResponseHeaders: fails,
  }));
  on("onRequestHeaders", 2, 1, 0);
  expect(on("onRequestBody", 2, 1, 1)).toBe(Action.Pause);
  expect(on("onResponseHeaders", 2, 1, 1)).toBe(Action.Continue);
  expect(answers).toHaveLength(1);
  expect(denied()).toEqual(["filter_js_denied 1"]);
});

test.each([
  ["a local response", (host: Host) => host.sendLocalResponse(401, [], "")],
  ["a local response with details", (host: Host) => respond(host, { status: 401 })],
  ["a reset", (host: Host) => closeStream(host, StreamType.Request)],
])("%s of the filter's own in the same callback is not followed by another, which would end Envoy", (_, answer) => {
  const { on, answers, denied } = denying((host) => ({
    onRequestHeaders() {
      answer(host);
      throw "late";
    },
    onResponseHeaders: fails,
  }));
  expect(on("onRequestHeaders", 2, 1, 0)).toBe(Action.Pause);
  expect(answers.filter((line) => line.includes("filter_js_error"))).toEqual([]);
  expect(denied()).toEqual(["filter_js_denied 0"]);
  expect(on("onResponseHeaders", 2, 1, 0)).toBe(Action.Pause);
  expect(denied()).toEqual(["filter_js_denied 1"]);
});

test.each(["onLog", "onDone", "onDownstreamConnectionClose"] as const)(
  "at the end of a stream, in %s, nothing is denied",
  (name) => {
    const { on, answers } = denying(() => ({ [name]: fails }));
    on(name, 2);
    expect(answers).toEqual([]);
  },
);

test("a plugin's own callbacks deny nothing", () => {
  const { on, answers } = denying(() => ({ onTick: fails, onQueueReady: fails, onForeignFunction: fails }));
  for (const name of ["onTick", "onQueueReady", "onForeignFunction"]) on(name, ROOT, 1, 1);
  expect(answers).toEqual([]);
});

test("a stream whose start has failed is denied by its first callback, which the module exports for that", () => {
  const { on, answers, made } = denying(() => ({ onStream: fails, onResponseHeaders: () => Action.Continue }));
  const exported = dispatchedExports(made.callbacks, "").map(({ name }) => name);
  expect(exported).toContain("proxy_on_request_headers");
  expect(exported).not.toContain("proxy_on_new_connection");
  expect(on("onRequestHeaders", 2, 1, 1)).toBe(Action.Pause);
  expect(answers).toEqual(["2: 500 filter_js_error{onStream}"]);
  on("onDelete", 2);
  on("onContextCreate", 2, ROOT);
  on("onRequestHeaders", 2, 1, 1);
  expect(answers).toHaveLength(2);
});

test("a connection whose start has failed is closed when it begins", () => {
  const { on, answers, made } = denying(() => ({ onStream: fails, onUpstreamData: () => Action.Continue }));
  expect(dispatchedExports(made.callbacks, "").map(({ name }) => name)).toContain("proxy_on_new_connection");
  expect(on("onNewConnection", 2)).toBe(Action.Pause);
  expect(answers).toEqual([`2: closed ${StreamType.Downstream}`]);
});

test("what the host doesn't take is not counted; a request is held, and a response goes on", () => {
  const filter = () => ({ onRequestHeaders: fails, onResponseHeaders: fails });
  const request = denying(filter, Status.BadArgument);
  expect(request.on("onRequestHeaders", 2, 1, 1)).toBe(Action.Pause);
  const response = denying(filter, Status.BadArgument);
  expect(response.on("onResponseHeaders", 2, 1, 1)).toBe(Action.Continue);
  expect([request.denied(), response.denied()]).toEqual([["filter_js_denied 0"], ["filter_js_denied 0"]]);
});

test("a filter that continues has no counter, and another value is refused", () => {
  const { on, answers, denied } = denying(() => ({ onError: "continue", onRequestHeaders: fails }));
  expect(on("onRequestHeaders", 2, 1, 1)).toBe(Action.Continue);
  expect([answers, denied()]).toEqual([[], []]);
  expect(() => denying(() => ({ onError: "ignore" as "deny" }))).toThrow('onError: expected "continue" or "deny"');
});

test.each<[script: string, installed: string[]]>([
  ['({onError:"deny"})', ["install-deny"]],
  ['({onError:"continue"})', []],
  ["({onError:mode})", ["install-deny"]],
  ["({onErrors:1})", []],
  ['({onError:"deny",async onRequestHeaders(){}})', ["install-promise", "install-deny"]],
])("a build evaluates for %s: %j", (script, installed) => {
  expect(installs(script)).toEqual(installed);
  expect(needsDispatcher(script)).toBe(installed.includes("install-deny"));
});
