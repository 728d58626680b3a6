import { expect, test } from "vitest";
import { ADDS, GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, scriptedUpstream } from "../fixtures/sockets.ts";
import { startHost } from "../host.ts";

const toBlue = (value: string) => ({ header: "x-a", value, cluster: "blue" });

test.each([
  ["goes where a header that the filter has added says", [toBlue("0"), toBlue("1")], 1, 1],
  ["goes to the upstream if no route fits", [toBlue("0"), toBlue("11")], 0, 1],
  ["goes there on each worker", [toBlue("1")], 1, 2],
])("a request %s", async (_, routes, blues, workers) => {
  const blue = await scriptedUpstream(() => [OK]);
  try {
    const { host, upstream } = await proxy(() => [OK], ADDS, { routes, workers, clusters: { blue: blue.url } });
    expect(await ask(host.url, GET)).toContain("HTTP/1.1 200 OK");
    expect([upstream.received.length, blue.received.length]).toEqual([1 - blues, blues]);
  } finally {
    blue.close();
  }
});

test("an outage is reported with the address of the route's cluster", async () => {
  const blue = await scriptedUpstream(() => []);
  blue.close();
  const { host, said } = await proxy(() => [OK], ADDS, { routes: [toBlue("1")], clusters: { blue: blue.url } });
  expect(await ask(host.url, GET)).toContain("HTTP/1.1 503 ");
  expect(said("host")).toEqual([expect.stringContaining(blue.url.host)]);
});

test("a route to an unknown cluster is refused", async () => {
  const options = { plugins: [], upstream: new URL("http://127.0.0.1:1"), routes: [toBlue("1")] };
  await expect(startHost(options)).rejects.toThrow('route: unknown cluster "blue"');
});
