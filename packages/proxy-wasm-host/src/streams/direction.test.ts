import { expect, test } from "vitest";
import { latin1 } from "../abi/bytes.ts";
import { Body } from "../http/body.ts";
import { HeaderMap } from "../http/headers.ts";
import { Direction } from "./direction.ts";
import type { Stage, Verdict } from "./filter.ts";

const LIMIT = 10;

/** A direction through stages that answer what the tests tell them; `seen` is what stages and receiver were shown. */
function direction(...names: string[]) {
  const seen: string[] = [];
  const verdicts = new Map<string, Verdict>();
  const state = { accepting: true, replace: new Map<string, string>() };
  const stages = names.map((name): Stage => {
    const verdict = (what: string): Verdict => verdicts.get(`${name} ${what}`) ?? "continue";
    return {
      headers: (_, end) => {
        seen.push(`${name} headers ${end}`);
        return verdict("headers");
      },
      data: (body, end) => {
        seen.push(`${name} data ${Buffer.from(body.slice(0, body.length))} ${end}`);
        const replacement = state.replace.get(name);
        if (replacement !== undefined) body.replace(0, body.length, Buffer.from(replacement));
        return verdict("data");
      },
      trailers: () => {
        seen.push(`${name} trailers`);
        return verdict("trailers");
      },
    };
  });
  const receiver = {
    headers: (_: HeaderMap, end: boolean) => seen.push(`out headers ${end}`),
    data: (bytes: Uint8Array, end: boolean) => {
      seen.push(`out data ${latin1(bytes)} ${end}`);
      return state.accepting;
    },
    trailers: () => seen.push("out trailers"),
  };
  const events = { ready: () => seen.push("ready"), overflow: () => seen.push("overflow") };
  const subject = new Direction(stages, receiver, LIMIT, "request-trailers", events);
  return {
    state,
    seen: () => seen.splice(0),
    say: (key: string, verdict: Verdict) => verdicts.set(key, verdict),
    subject,
    headers: (end = false) => subject.headers(new HeaderMap("request"), end),
    data: (text: string, end = false) => subject.data(Buffer.from(text), end),
    trailers: () => subject.trailers(new HeaderMap("request-trailers")),
  };
}

test("all passes in order while nobody stops it", () => {
  const { headers, data, trailers, seen } = direction("a", "b");
  headers();
  expect(data("x")).toBe(true);
  trailers();
  expect(seen()).toEqual([
    "a headers false",
    "b headers false",
    "out headers false",
    "a data x false",
    "b data x false",
    "out data x false",
    "a trailers",
    "b trailers",
    "out trailers",
  ]);
});

test("stopped at the headers, a filter is shown the body when it goes on, in one piece", () => {
  const { headers, data, say, seen, subject } = direction("a", "b");
  say("b headers", "stop-and-watermark");
  headers();
  data("x");
  data("y");
  data("", true);
  expect(seen().filter((line) => !line.startsWith("a"))).toEqual(["b headers false"]);
  subject.resume(1);
  expect(seen()).toEqual(["out headers false", "b data xy true", "out data xy true"]);
  subject.resume(1);
  expect(seen()).toEqual([]);
});

test("a filter that buffers sees all there is so far, and may put something else in its place", () => {
  const { headers, data, say, seen, state } = direction("a");
  headers();
  seen();
  say("a data", "stop-and-buffer");
  data("x");
  data("y");
  say("a data", "continue");
  state.replace.set("a", "new");
  data("", true);
  expect(seen()).toEqual(["a data x false", "a data xy false", "a data xy true", "out data new true"]);
});

test("what a filter neither passes nor keeps is gone", () => {
  const { headers, data, say, seen } = direction("a");
  headers();
  say("a data", "stop-no-buffer");
  data("x");
  say("a data", "continue");
  data("y", true);
  expect(seen().at(-1)).toBe("out data y true");
});

test("trailers wait for a body that is held, and let it go on", () => {
  const { headers, data, trailers, say, seen } = direction("a");
  headers();
  say("a data", "stop-and-buffer");
  data("x");
  seen();
  trailers();
  expect(seen()).toEqual(["a trailers", "out data x false", "out trailers"]);
});

test("the sender waits while too much is held or the receiver is full", () => {
  const { headers, data, say, seen, subject, state } = direction("a");
  say("a headers", "stop-and-watermark");
  headers();
  expect([data("x".repeat(LIMIT)), data("y")]).toEqual([true, false]);
  seen();
  state.accepting = false;
  subject.resume(0);
  expect(seen()).not.toContain("ready");
  subject.unblock();
  expect(seen()).toEqual(["ready"]);
});

test("a filter that buffers more than the limit is too much", () => {
  const { headers, data, say, seen } = direction("a");
  say("a data", "stop-and-buffer");
  headers();
  data("x".repeat(LIMIT + 1));
  expect(seen().at(-1)).toBe("overflow");
});

test("after an abort nothing passes", () => {
  const { headers, data, trailers, subject, seen } = direction("a");
  subject.abort();
  headers();
  data("x");
  trailers();
  expect(seen()).toEqual([]);
});

test("a body is changed at its beginning, as a whole or behind its end, nowhere else", () => {
  const change = (start: number, length: number) => {
    const body = new Body(Buffer.from("hello"));
    return [body.replace(start, length, Buffer.from("XY")), latin1(body.bytes())];
  };
  expect([change(0, 0), change(0, 1), change(0, 5), change(0, 99), change(5, 0), change(9, 3)]).toEqual([
    [true, "XYhello"],
    [true, "XYello"],
    [true, "XY"],
    [true, "XY"],
    [true, "helloXY"],
    [true, "helloXY"],
  ]);
  expect(change(1, 4)).toEqual([false, "hello"]);
});
