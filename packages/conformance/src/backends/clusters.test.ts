import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startClusters } from "./clusters.ts";

test("a dead cluster refuses connections, and no other server gets its port", async () => {
  const clusters = await startClusters([{ clusters: { nobody: "dead" }, steps: [] }]);
  onTestFinished(() => clusters.close());
  const port = Number(clusters.all.get("nobody")?.url.port);
  await expect(once(connect(port, "127.0.0.1"), "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(once(createServer().listen(port, "127.0.0.1"), "listening")).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});
