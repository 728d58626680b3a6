import { HeaderMap, type LocalReply, type Pair, ResponseFlag } from "proxy-wasm-host";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConnectTimeout } from "../../net/dialer.ts";
import type { UpstreamEvents } from "../upstream-end.ts";
import { failureReply } from "../upstream-failure.ts";
import { RetryBudget } from "./back-off.ts";
import { Router, type RouterOptions } from "./router.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const LOCAL = { address: "127.0.0.1", port: 1 };

/** The longest delay before a retry. */
const BACK_OFF = 250;

/** A router in front of an upstream that does what a test says. */
function route(headers: readonly Pair[], options: Partial<RouterOptions> = {}, end = true) {
  const tries: { events: UpstreamEvents; data: string[]; closed: boolean }[] = [];
  const seen = { status: [] as (string | undefined)[], failed: [] as LocalReply[], flags: 0 };
  const open = (events: UpstreamEvents) => {
    const one = { events, data: [] as string[], closed: false };
    tries.push(one);
    return {
      headers: () => {},
      data: (bytes: Uint8Array) => one.data.push(Buffer.from(bytes).toString()) > 0,
      trailers: () => {},
      resume: () => {},
      close: () => {
        one.closed = true;
      },
    };
  };
  const router = new Router(
    { open, timeout: 15_000, bufferLimit: 10, budget: new RetryBudget(), ...options },
    {
      headers: (response) => seen.status.push(response.get(":status")),
      data: () => true,
      trailers: () => {},
      failed: (reply) => seen.failed.push(reply),
      flagged: (flag) => {
        seen.flags |= flag;
      },
      unblocked: () => {},
      broken: (_, error) => {
        throw error;
      },
    },
  );
  const request = new HeaderMap("request", headers);
  router.headers(request, end);
  return { router, tries, seen, request };
}

const respond = (events: UpstreamEvents | undefined, status: string) =>
  events?.headers(new HeaderMap("response", [[":status", status]]), true);

const LATE = new ConnectTimeout("no connection after 5000 ms");
const RETRY: Pair = ["x-envoy-retry-on", "5xx,connect-failure"];

test("a connection that is not established in time", () => {
  const { tries, seen } = route([]);
  tries[0]?.events.failed(failureReply(LATE), LATE);
  expect(seen.failed).toMatchObject([
    {
      status: 503,
      details: "upstream_reset_before_response_started{connection_timeout}",
      flags: ResponseFlag.upstream_connection_failure,
    },
  ]);
  expect(tries[0]?.closed).toBe(true);
});

test("a connection that is not established in time is tried again", () => {
  const { tries, seen } = route([RETRY]);
  tries[0]?.events.failed(failureReply(LATE), LATE);
  vi.advanceTimersByTime(BACK_OFF);
  expect(tries).toHaveLength(2);
  tries[1]?.events.connected?.(LOCAL);
  respond(tries[1]?.events, "200");
  expect(seen).toMatchObject({ status: ["200"], failed: [] });
});

test("no timer is left once the response is complete or the exchange has ended", () => {
  const limits: Pair[] = [
    RETRY,
    ["x-envoy-upstream-rq-per-try-timeout-ms", "5"],
    ["x-envoy-upstream-stream-duration-ms", "9"],
  ];
  const answered = route(limits);
  answered.tries[0]?.events.connected?.(LOCAL);
  respond(answered.tries[0]?.events, "200");
  expect(vi.getTimerCount()).toBe(0);
  const waiting = route(limits);
  respond(waiting.tries[0]?.events, "503");
  waiting.router.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("a body that is too large to be kept is sent once", () => {
  const { router, tries, seen } = route([RETRY], {}, false);
  router.data(Buffer.from("12345678"), false);
  router.data(Buffer.from("90a"), true);
  respond(tries[0]?.events, "503");
  vi.advanceTimersByTime(BACK_OFF);
  expect(tries.map(({ data }) => data)).toEqual([["12345678", "90a"]]);
  expect(seen).toMatchObject({ status: ["503"], flags: 0 });
});

test("a body that becomes too large while the router waits for a retry is refused", () => {
  const { router, tries, seen } = route([RETRY], {}, false);
  respond(tries[0]?.events, "503");
  router.data(Buffer.from("1234567890a"), false);
  expect(seen.failed).toMatchObject([{ status: 507, details: "request_payload_exceeded_retry_buffer_limit" }]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a retry sends what has come of the body, and then the rest", () => {
  const { router, tries } = route([RETRY], {}, false);
  router.data(Buffer.from("abc"), false);
  respond(tries[0]?.events, "503");
  vi.advanceTimersByTime(BACK_OFF);
  router.data(Buffer.from("de"), true);
  expect(tries.map(({ data }) => data)).toEqual([["abc"], ["abc", "de"]]);
});

test("at most three requests to an upstream are retried at a time", () => {
  const budget = new RetryBudget();
  const routed = Array.from({ length: 4 }, () => route([RETRY], { budget }));
  for (const { tries } of routed) respond(tries[0]?.events, "503");
  expect(routed.map(({ seen }) => [seen.status, seen.flags])).toEqual([
    [[], 0],
    [[], 0],
    [[], 0],
    [["503"], ResponseFlag.upstream_overflow],
  ]);
  vi.advanceTimersByTime(BACK_OFF);
  for (const { tries } of routed.slice(0, 3)) respond(tries[1]?.events, "200");
  const later = route([RETRY], { budget });
  respond(later.tries[0]?.events, "503");
  vi.advanceTimersByTime(BACK_OFF);
  expect(later.tries).toHaveLength(2);
});

test("the upstream is told how much time is left", () => {
  const { tries, request } = route([RETRY, ["x-envoy-upstream-rq-timeout-ms", "1000"]]);
  vi.advanceTimersByTime(600);
  respond(tries[0]?.events, "503");
  vi.advanceTimersByTime(BACK_OFF);
  expect(Number(request.get("x-envoy-expected-rq-timeout-ms"))).toBeLessThanOrEqual(400);
  expect(request.pairs().map(([name]) => name)).toEqual(["x-envoy-expected-rq-timeout-ms"]);
});

test("a limit that no timer can hold never passes", () => {
  const { seen } = route([["x-envoy-upstream-rq-timeout-ms", "99999999999999"]]);
  vi.advanceTimersByTime(1_000);
  expect(seen.failed).toEqual([]);
});
