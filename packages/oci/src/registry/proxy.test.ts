import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { parseReference } from "../reference.ts";
import { openRepository } from "./repository.ts";

test("http_proxy leads to registries elsewhere, not to those on this machine", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.end('{"tags":["v1"]}');
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { http_proxy } = process.env;
  onTestFinished(() => {
    server.close();
    if (http_proxy === undefined) delete process.env.http_proxy;
    else process.env.http_proxy = http_proxy;
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.http_proxy = `http://${host}`;
  const open = (registry: string) => openRepository(parseReference(`${registry}/x/y`), { insecure: true, attempts: 1 });
  expect(await open("registry.invalid").tags()).toEqual(["v1"]);
  expect(await open(host).tags()).toEqual(["v1"]);
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  await expect(open("registry.invalid").tags()).rejects.toThrow(/nothing listens there \(\w+ is set\)$/);
  expect(asked).toEqual(["http://registry.invalid/v2/x/y/tags/list", "/v2/x/y/tags/list"]);
});
