import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ResponseListener } from "./client-connection.ts";
import { ConnectionPool } from "./connection-pool.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

const HOUR = 3_600_000;
const ONE = new URL("http://one.example:80");
const OTHER = new URL("http://other.example:80");

/** A pool whose connections are already established. */
function pool() {
  const opened: Duplex[] = [];
  const open = () => {
    const socket = new Duplex({ read: () => {}, write: (_, __, done) => done() });
    opened.push(socket);
    return socket as unknown as Socket;
  };
  return { pool: new ConnectionPool(open, (_, action) => action), opened };
}

const silent: ResponseListener = {
  connected: () => {},
  head: () => 0,
  data: () => {},
  end: () => {},
  failed: () => {},
  drained: () => {},
};

test("a connection is used again, for its own upstream only, the last one first", () => {
  const { pool: connections, opened } = pool();
  const [first, second] = [connections.take(ONE), connections.take(ONE)];
  for (const one of [first, second]) one.begin(silent);
  for (const one of [first, second]) one.finish(true);
  expect(connections.take(OTHER)).not.toBe(second);
  expect(connections.take(ONE)).toBe(second);
  expect(connections.take(ONE)).toBe(first);
  expect(connections.take(ONE)).not.toBe(first);
  expect(opened).toHaveLength(4);
});

test("a connection that may not be kept is closed", () => {
  const { pool: connections, opened } = pool();
  const one = connections.take(ONE);
  one.begin(silent);
  one.finish(false);
  expect(opened[0]?.destroyed).toBe(true);
  expect(connections.take(ONE)).not.toBe(one);
});

test("a connection is closed after an hour without a request, as in Envoy", () => {
  const { pool: connections, opened } = pool();
  connections.take(ONE).finish(true);
  vi.advanceTimersByTime(HOUR - 1);
  connections.take(ONE).finish(true);
  vi.advanceTimersByTime(HOUR - 1);
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([false]);
  vi.advanceTimersByTime(1);
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([true]);
  connections.take(ONE);
  expect(opened).toHaveLength(2);
});

test("a request may take longer than an hour", () => {
  const { pool: connections, opened } = pool();
  connections.take(ONE).finish(true);
  connections.take(ONE).begin(silent);
  vi.advanceTimersByTime(2 * HOUR);
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([false]);
});

test("connections that an upstream closes, and all at the end, leave no timer behind", async () => {
  const { pool: connections, opened } = pool();
  const adopted = new Duplex({ read: () => {}, write: (_, __, done) => done() });
  connections.adopt(ONE, adopted as unknown as Socket);
  expect(connections.take(ONE).socket).toBe(adopted);
  connections.take(ONE).finish(true);
  const closed = new Promise((resolve) => opened[0]?.once("close", resolve));
  opened[0]?.push(null);
  await closed;
  expect(vi.getTimerCount()).toBe(0);
  connections.close();
  expect(adopted.destroyed).toBe(true);
});
