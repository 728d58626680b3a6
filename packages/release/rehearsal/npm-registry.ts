import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runServer } from "verdaccio";

/** An npm registry of this test's own. */
export interface NpmRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an empty verdaccio on a free port of 127.0.0.1, which knows no other registry and lets everyone publish. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const dir = mkdtempSync(join(tmpdir(), "verdaccio-"));
  const everyone = { access: "$all", publish: "$all", unpublish: "$all" };
  const server: Server = await runServer({
    storage: join(dir, "storage"),
    configPath: join(dir, "config.yaml"),
    self_path: dir,
    uplinks: {},
    packages: { "**": everyone },
    auth: {},
    max_body_size: "100mb",
    log: { type: "stdout", format: "json", level: "fatal" },
    // biome-ignore lint/suspicious/noExplicitAny: verdaccio's types want what its defaults give
  } as any);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(dir, { recursive: true });
    },
  };
}
