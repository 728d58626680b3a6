import { expect, test } from "vitest";
import { ADDS, GET, proxy } from "../fixtures/proxy.ts";
import { ask } from "../fixtures/sockets.ts";

const LOCAL = "upstream connect error or disconnect/reset before headers. reset reason:";

test.each([
  ["hangs up", ["HANG UP"], 503, `${LOCAL} connection termination`],
  ["resets", ["RESET"], 503, `${LOCAL} connection termination`],
  ["hangs up within the head", ["HTTP/1.1 200 O", "HANG UP"], 502, `${LOCAL} protocol error`],
  ["sends no HTTP", ["what?\r\n\r\n"], 502, `${LOCAL} protocol error`],
  [
    "sends a hundred headers and more",
    [`HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(101)}\r\n`],
    502,
    `${LOCAL} protocol error`,
  ],
] as const)("an upstream that %s", async (_, steps, status, body) => {
  const { host, said } = await proxy(() => steps);
  const answer = await ask(host.url, GET);
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain("content-type: text/plain\r\nx-b: 2\r\n");
  expect(answer.split("\r\n\r\n")[1]).toBe(body);
  expect(said("host")).toEqual([expect.stringMatching(/^upstream http:\/\/127\.0\.0\.1:\d+\/: /)]);
});

test("an unreachable upstream is reported once", async () => {
  const { host, upstream, said } = await proxy(() => []);
  upstream.close();
  for (let count = 0; count < 2; count++) {
    const answer = await ask(host.url, GET);
    expect(answer).toContain("HTTP/1.1 503 Service Unavailable\r\n");
    expect(answer).toContain(
      `x-b: 2\r\ndate: D\r\nserver: envoy\r\nconnection: close\r\n\r\n${LOCAL} remote connection failure`,
    );
  }
  expect(said("host")).toEqual([expect.stringMatching(/ECONNREFUSED.*is it running there\?$/)]);
});

test("an upstream that takes too long is 504", async () => {
  const { host } = await proxy(() => [], ADDS, { timeout: 50 });
  expect(await ask(host.url, GET)).toMatch(
    /^HTTP\/1.1 504 Gateway Timeout\r\n[\s\S]*\r\n\r\nupstream request timeout$/,
  );
});

test.each([
  ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", /content-length: 9\r\n[\s\S]*\r\n\r\nabc$/],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", /\r\n\r\n3\r\nabc\r\n$/],
])("a response that is cut short is cut short for the client: %s", async (response, seen) => {
  const { host } = await proxy(() => [response, "HANG UP"]);
  expect(await ask(host.url, GET)).toMatch(seen);
});
