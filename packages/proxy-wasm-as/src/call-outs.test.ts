import { beforeEach, describe, expect, test } from "vitest";
import { RawHost } from "./fixtures/raw-host.ts";

let host: RawHost;
let effective: number[];
let refused = false;
/** The contexts that the host knows. */
let alive: Set<number>;
let token = 0;

beforeEach(() => {
  alive = new Set();
  effective = [];
  refused = false;
  token = 0;
  host = new RawHost({
    proxy_http_call: (...values) => {
      if (refused) return 2;
      host.write(values.at(-1), ++token);
      return 0;
    },
    proxy_set_effective_context: (context) => {
      effective.push(context as number);
      return alive.has(context as number) ? 0 : 2;
    },
  });
});

/** Makes a call-out from a context that is alive; its token. */
function call(context: number): number {
  alive.add(context);
  expect(host.exports.call?.(context)).toBe(0);
  return token;
}

const answered = (token: number) => host.exports.answered?.(token);

describe("an answer", () => {
  test("goes to the context that waits for it, whatever the order", () => {
    const tokens = [10, 11, 12].map(call);
    expect([...tokens].reverse().map(answered)).toEqual([12, 11, 10]);
  });

  test("makes that context the effective one", () => {
    const token = call(10);
    answered(token);
    expect(effective).toEqual([10]);
  });

  test("comes once", () => {
    const token = call(10);
    expect([host.exports.waits?.(token), host.exports.waits?.(token)]).toEqual([10, 10]);
    expect([answered(token), answered(token)]).toEqual([10, 0]);
  });

  test("to a context that has gone, or to nobody's call, is nobody's", () => {
    const token = call(10);
    alive.clear();
    expect([answered(token), answered(99), new RawHost({}).exports.answered?.(1)]).toEqual([0, 0, 0]);
  });

  test("to a call that was not made is not waited for", () => {
    refused = true;
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
    effective = [];
    alive.delete(context - 200);
  }
  expect({ wrong, pages: host.pages }).toEqual({ wrong: 0, pages });
});
