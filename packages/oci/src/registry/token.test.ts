import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { folder } from "../fixtures/folder.ts";
import { parseReference } from "../reference.ts";
import type { RegistryOptions } from "./options.ts";
import { openRepository } from "./repository.ts";

const credentials = { username: "me", password: "hunter2" };

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle);
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A registry and its token server, whose tokens are `1`, `2`, …; only the newest is accepted. */
async function open(answer: (token: string) => object, options: RegistryOptions = {}, challenge = "Bearer") {
  const asked: { method?: string; authorization?: string; query: string; body: string }[] = [];
  const host: string = await listen(async (request, response) => {
    const { method, headers, url = "" } = request;
    const { authorization } = headers;
    const [path, query = ""] = url.split("?");
    if (path === "/token") {
      asked.push({
        ...(method && { method }),
        ...(authorization && { authorization }),
        query,
        body: await text(request),
      });
      response.end(JSON.stringify(answer(`${asked.length}`)));
    } else if (asked.length > 0 && authorization === `Bearer ${asked.length}`) response.end('{"tags":["v1"]}');
    else {
      const parameters = `realm="http://${host}/token",service="s",scope="repository:x/y:pull"`;
      response.writeHead(401, { "www-authenticate": `Basic realm="x", ${challenge} ${parameters}` }).end();
    }
  });
  const dockerConfig = folder();
  return {
    asked,
    repository: openRepository(parseReference(`${host}/x/y`), { dockerConfig, attempts: 1, ...options }),
  };
}

test("a token is reused until it expires", async () => {
  const { asked, repository } = await open((token) => ({ token, expires_in: 300 }), { credentials });
  await repository.tags();
  expect(await repository.tags()).toEqual(["v1"]);
  const authorization = `Basic ${btoa("me:hunter2")}`;
  expect(asked).toEqual([
    { method: "GET", authorization, query: "service=s&scope=repository%3Ax%2Fy%3Apull&account=me", body: "" },
  ]);
});

test("one that has run out is not shown", async () => {
  const { asked, repository } = await open((access_token) => ({ access_token, expires_in: 0 }));
  await repository.tags();
  expect(await repository.tags()).toEqual(["v1"]);
  expect(asked).toHaveLength(2);
});

test("a token that is refused is fetched again", async () => {
  const { asked, repository } = await open((token) => ({ token }));
  await repository.tags();
  asked.push({ query: "", body: "" });
  expect(await repository.tags()).toEqual(["v1"]);
  expect(asked).toHaveLength(3);
});

test.each([
  ["no token", () => ({ tokens: "hunter2" }), "Bearer", "token from 127.0.0.1:"],
  ["no server", () => ({}), 'Bearer realm="nowhere", x="y", old', "token server nowhere is no URL"],
  [
    "a server on plain http",
    () => ({}),
    'Bearer realm="http://192.0.2.1/token", x="y", old',
    "leads to http://192.0.2.1",
  ],
])("%s", async (_, answer, challenge, reason) => {
  const { repository } = await open(answer, { credentials }, challenge);
  const error = await repository.tags().catch((error) => error);
  expect(error.message).toContain(reason);
  expect(error.message).not.toContain("hunter2");
});

test("a blob store may not ask who we are", async () => {
  let shown = 0;
  const thief = await listen(({ headers, url }, response) => {
    if (headers.authorization) shown++;
    if (url?.startsWith("/token")) return response.end('{"token":"1"}');
    return response.writeHead(401, { "www-authenticate": `Bearer realm="http://${thief}/token"` }).end();
  });
  const host = await listen((_, response) => response.writeHead(307, { location: `http://${thief}/blob` }).end());
  const repository = openRepository(parseReference(`${host}/x/y`), { credentials, attempts: 1 });
  await expect(repository.tags()).rejects.toMatchObject({
    status: 401,
    message: expect.stringMatching(/401 Unauthorized$/),
  });
  expect(shown).toBe(0);
});
