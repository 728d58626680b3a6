import { expect, test } from "vitest";
import { httpCall } from "./call-outs.ts";
import { CALLBACKS, dispatchedExports, needsDispatcher } from "./callbacks.ts";
import { dispatcher } from "./dispatcher.ts";
import { Action, type Filter, type FilterDefinition } from "./filter.ts";
import { type Answer, type HostCall, HostFunction } from "./host-call.ts";
import { Status } from "./status.ts";
import { currentContext } from "./streams.ts";
import { fakeHost } from "./testing.ts";

const REQUEST = { method: "GET", path: "/", authority: "a" };
const ROOT = 1;

/** A filter behind the dispatcher: contexts 2 and 3 are streams of root context 1. */
function dispatch(
  filter: Partial<Filter<unknown>>,
  define: (host: Parameters<FilterDefinition<unknown>>[0]) => void = () => {},
) {
  const effective: number[] = [];
  let token = 0;
  const call: HostCall = (which, first): Answer => {
    if (which === HostFunction.SetEffectiveContext) effective.push(first);
    return [Status.Ok, which === HostFunction.HttpCall ? ++token : 0, new Uint8Array(0)];
  };
  const host = fakeHost();
  const made = dispatcher(
    (given) => {
      define(given);
      return { onConfigure: () => ({}), ...filter } as Filter<unknown>;
    },
    host,
    call,
  );
  const on = (name: string, ...given: number[]) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = given;
    return made.dispatch(
      CALLBACKS.findIndex((callback) => callback.name === name),
      a,
      b,
      c,
      d,
      e,
    );
  };
  on("onContextCreate", ROOT, 0);
  on("onConfigure", ROOT, 0);
  on("onContextCreate", 2, ROOT);
  on("onContextCreate", 3, ROOT);
  return { host, on, effective, callbacks: made.callbacks };
}

/** Makes one call per stream and writes down which answers come in which context. */
function asking() {
  const answers: string[] = [];
  let host: Parameters<FilterDefinition<unknown>>[0];
  const running = dispatch(
    {
      onRequestHeaders() {
        const context = currentContext(host);
        httpCall(host, "cluster", REQUEST, (headers, size, trailers) => {
          answers.push(`${context} in ${currentContext(host)}: ${headers} ${size} ${trailers}`);
        });
        return Action.Pause;
      },
    },
    (given) => {
      host = given;
    },
  );
  return { ...running, answers };
}

test("an answer is handled in the context that made the call, whichever comes first", () => {
  const { on, answers, effective } = asking();
  expect(on("onRequestHeaders", 2, 0, 1)).toBe(Action.Pause);
  expect(on("onRequestHeaders", 3, 0, 1)).toBe(Action.Pause);
  on("onHttpCallResponse", ROOT, 2, 5, 6, 7);
  on("onHttpCallResponse", ROOT, 1, 0, 0, 0);
  expect(answers).toEqual(["3 in 3: 5 6 7", "2 in 2: 0 0 0"]);
  expect(effective).toEqual([3, 2]);
});

test("an answer comes once, and not at all to a stream that has ended", () => {
  const { on, answers, effective } = asking();
  on("onRequestHeaders", 2, 0, 1);
  on("onRequestHeaders", 3, 0, 1);
  on("onDelete", 2);
  on("onHttpCallResponse", ROOT, 1, 1, 1, 1);
  on("onHttpCallResponse", ROOT, 2, 1, 1, 1);
  on("onHttpCallResponse", ROOT, 2, 1, 1, 1);
  on("onHttpCallResponse", ROOT, 9, 1, 1, 1);
  expect(answers).toEqual(["3 in 3: 1 1 1"]);
  expect(effective).toEqual([3]);
});

test("a call-out ends with its stream, also for a later stream of the same number", () => {
  const { on, answers, effective } = asking();
  on("onRequestHeaders", 2, 0, 1);
  on("onDelete", 2);
  on("onContextCreate", 2, ROOT);
  on("onHttpCallResponse", ROOT, 1, 1, 1, 1);
  expect(answers).toEqual([]);
  expect(effective).toEqual([]);
});

test("the host's call of a foreign function and a queue's item reach the plugin with its configuration", () => {
  const seen: unknown[] = [];
  const { on } = dispatch({
    onConfigure: () => "configured",
    onForeignFunction: (...given) => void seen.push(given),
    onQueueReady: (...given) => void seen.push(given),
  });
  on("onForeignFunction", ROOT, 7, 5);
  on("onQueueReady", ROOT, 8);
  expect(seen).toEqual([
    ["configured", 7, 5],
    ["configured", 8],
  ]);
});

test("an exception is logged, and the request continues", () => {
  const { on, host } = dispatch({
    onRequestHeaders() {
      throw new RangeError("no");
    },
    onDone() {
      throw "nothing";
    },
  });
  expect(on("onRequestHeaders", 2, 0, 0)).toBe(Action.Continue);
  expect(on("onDone", 2)).toBe(1);
  expect(host.logged.map(({ message }) => message.split("\n")[0])).toEqual([
    "onRequestHeaders: RangeError: no",
    "onDone: nothing",
  ]);
});

test("a plugin without a configuration is left alone", () => {
  const seen: string[] = [];
  const { on } = dispatch({
    onConfigure: () => undefined,
    onRequestHeaders() {
      seen.push("request");
      return Action.Pause;
    },
    onTick: () => void seen.push("tick"),
  });
  expect(on("onRequestHeaders", 2, 0, 0)).toBe(Action.Continue);
  on("onTick", ROOT);
  expect(on("onDone", 2)).toBe(1);
  expect(seen).toEqual([]);
});

test("a VM, a plugin and a stream are told of their start and end", () => {
  const { on } = dispatch({ onVmStart: (size) => size > 0, onDone: () => false, onPluginDone: () => true });
  expect([on("onVmStart", ROOT, 0), on("onVmStart", ROOT, 1)]).toEqual([0, 1]);
  expect([on("onDone", 2), on("onDone", ROOT)]).toEqual([0, 1]);
});

test("a module exports the callbacks that its filter defines, and those of the call-outs that its script makes", () => {
  const { callbacks } = dispatch({ onTick() {}, onPluginDone: () => true });
  const names = (script: string) => dispatchedExports(callbacks, script).map(({ name }) => name);
  const defined = [
    "proxy_on_configure",
    "proxy_on_tick",
    "proxy_on_context_create",
    "proxy_on_done",
    "proxy_on_delete",
  ];
  expect(names("HostFunction.GrpcCancel")).toEqual(defined);
  expect(names("a.HttpCall")).toEqual(defined.toSpliced(2, 0, "proxy_on_http_call_response"));
  expect(names("a.GrpcStream").filter((name) => name.startsWith("proxy_on_grpc_"))).toHaveLength(4);
});

test.each([
  ["calling(host).hostCall(1)", true],
  ["({ onTick() {} })", true],
  ["({ onPluginDone })", true],
  ["({ onRequestHeaders, onLog, onDoneElse })", false],
])("whether %j needs the dispatcher: %s", (script, needed) => {
  expect(needsDispatcher(script)).toBe(needed);
});

test.each<[what: string, filter: unknown]>([
  ["nothing", undefined],
  ["no onConfigure", {}],
  ["a callback that is no function", { onConfigure() {}, onTick: 1 }],
])("a definition that returns %s is refused", (_, filter) => {
  expect(() =>
    dispatcher(
      () => filter as Filter<unknown>,
      fakeHost(),
      () => [0, 0, new Uint8Array(0)],
    ),
  ).toThrow(TypeError);
});
