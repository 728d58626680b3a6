import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask } from "../fixtures/sockets.ts";
import type { listen as realListen } from "../net/listener.ts";

const thieves: Server[] = [];

/** Another process takes the free port as soon as it is given back, the first time. */
vi.mock("../net/listener.ts", async (original) => {
  const { listen } = await original<{ listen: typeof realListen }>();
  return {
    listen: async (...args: Parameters<typeof realListen>) => {
      const listener = await listen(...args);
      const close = async () => {
        await listener.close();
        if (thieves.length > 0) return;
        const thief = createServer().listen(Number(listener.url.port), "127.0.0.1");
        thieves.push(thief);
        await once(thief, "listening");
      };
      return { ...listener, close };
    },
  };
});

test("workers that were to listen on any free port take another if it is taken from them", async () => {
  onTestFinished(() => void thieves[0]?.close());
  const { host } = await proxy(() => [OK], undefined, { workers: 2 });
  expect(thieves).toHaveLength(1);
  expect(await ask(host.url, GET)).toMatch(/^HTTP\/1.1 200/);
});
