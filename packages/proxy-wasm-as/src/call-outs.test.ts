import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compile } from "./compile.ts";
import { TestHost } from "./test-host.ts";

let binary: Uint8Array<ArrayBuffer>;
let host: TestHost;
/** The contexts that the host knows. */
let alive: Set<number>;
let token = 0;

beforeAll(async () => {
  binary = new Uint8Array(await compile(join(import.meta.dirname, "../probes/all")));
});

beforeEach(() => {
  host = new TestHost(binary);
  alive = new Set();
  token = 0;
  host.answers.proxy_http_call = (to) => {
    to.number(++token);
    return 0;
  };
  host.answers.proxy_set_effective_context = (_, context) => (alive.has(Number(context)) ? 0 : 2);
});

/** Makes a call-out from a context that is alive; its token. */
function call(context: number): number {
  alive.add(context);
  expect(host.exports.call?.(context)).toBe(0);
  return token;
}

const answered = (token: number) => host.exports.answered?.(token);

test("a request of the filter's own", () => {
  const headers = "\x01\0\0\0\x07\0\0\0\x03\0\0\0:method\0GET\0";
  expect(host.run("call", 7)).toEqual([["proxy_http_call", "x-name", headers, "question", headers, 250]]);
});

describe("an answer", () => {
  test("goes to the context that waits for it, whatever the order", () => {
    const tokens = [10, 11, 12].map(call);
    expect([...tokens].reverse().map(answered)).toEqual([12, 11, 10]);
  });

  test("makes that context the effective one", () => {
    const token = call(10);
    expect(host.run("answered", token)).toEqual([["proxy_set_effective_context", 10]]);
  });

  test("comes once", () => {
    const token = call(10);
    expect([host.exports.waits?.(token), host.exports.waits?.(token)]).toEqual([10, 10]);
    expect([answered(token), answered(token)]).toEqual([10, 0]);
  });

  test("to a context that has gone, or to nobody's call, is nobody's", () => {
    const token = call(10);
    alive.clear();
    expect([answered(token), answered(99), new TestHost(binary).exports.answered?.(1)]).toEqual([0, 0, 0]);
  });

  test("to a call that was not made is not waited for", () => {
    host.answers.proxy_http_call = () => 2;
    expect(host.exports.call?.(10)).toBe(2);
    expect(answered(0)).toBe(0);
  });
});

test("100 000 call-outs, many of them never answered, leave the memory as it is", () => {
  const waiting: number[] = [];
  let wrong = 0;
  const turn = (context: number) => {
    waiting.push(call(context));
    if (context % 3 === 0) alive.delete(context - 20);
    if (context % 5 === 0) waiting.splice(context % 7, 1);
    if (waiting.length < 30) return;
    const [token = 0] = waiting.splice((context * 7919) % waiting.length, 1);
    if (answered(token) !== (alive.delete(token) ? token : 0)) wrong++;
  };
  for (let context = 1; context < 1000; context++) turn(context);
  const { pages } = host;
  for (let context = 1000; context < 100_000; context++) {
    turn(context);
    host.calls = [];
    alive.delete(context - 200);
  }
  expect({ wrong, pages: host.pages }).toEqual({ wrong: 0, pages });
});
