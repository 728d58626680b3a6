import { startUpstream, type Upstream } from "@wasm-header-filter/conformance/upstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { curl, verboseOutput } from "./curl.ts";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

test("the built-in upstream answers /headers as httpbin does, and an exchange reads as curl -v prints it", async () => {
  const exchange = await curl(new URL("/headers", upstream.url), [
    ["hello", "something"],
    ["x-twice", "1"],
    ["x-twice", "2"],
  ]);
  const text = verboseOutput(exchange)
    .replace(/^< (Date|Connection|Keep-Alive): .*\n/gm, "")
    .replaceAll(upstream.url.host, "HOST");
  expect(text).toMatchInlineSnapshot(`
    "> GET /headers HTTP/1.1
    > Host: HOST
    > User-Agent: curl/8.14.1
    > Accept: */*
    > hello: something
    > x-twice: 1
    > x-twice: 2
    >
    < HTTP/1.1 200 OK
    < Access-Control-Allow-Origin: *
    < Access-Control-Allow-Credentials: true
    < Content-Type: application/json
    < Content-Length: 155
    <
    {
      "headers": {
        "Accept": "*/*",
        "Hello": "something",
        "Host": "HOST",
        "User-Agent": "curl/8.14.1",
        "X-Twice": "1,2"
      }
    }"
  `);
});

test.each([
  ["/status/204", 204],
  ["/status/503", 503],
  ["/nothing", 404],
])("%s answers %i", async (path, status) => {
  const { answer } = await curl(new URL(path, upstream.url));
  expect(answer.status).toBe(status);
});
