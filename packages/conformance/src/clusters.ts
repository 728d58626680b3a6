import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import type { CallOut, Case } from "./case.ts";
import { difference } from "./compare.ts";
import { plainRequest } from "./defaults.ts";
import { type Received, type Scene, sceneOf } from "./scene.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

/** What filters call on their own, besides the upstream that requests go to. */
export interface Clusters {
  readonly urls: ReadonlyMap<string, URL>;
  /**
   * Has the next call-outs answered.
   *
   * @returns tells, once they are over, each difference between what was expected and what came
   */
  play(callOuts: readonly CallOut[]): () => string[];
  close(): Promise<void>;
}

/** Starts a server for each cluster of some cases, on free ports of 127.0.0.1. */
export async function startClusters(cases: readonly Pick<Case, "clusters">[]): Promise<Clusters> {
  const kinds = new Map(cases.flatMap(({ clusters }) => Object.entries(clusters)));
  const servers = new Map<string, Upstream>();
  const urls = new Map<string, URL>();
  for (const [name, kind] of kinds) {
    if (kind === "http") servers.set(name, await startUpstream());
    urls.set(name, servers.get(name)?.url ?? (await deadEnd()));
  }
  return {
    urls,
    play(callOuts) {
      const checks = [...servers].map(([name, server]) => {
        const expected = callOuts.filter(({ cluster }) => cluster === name);
        const scenes = expected.length > 0 ? expected.map(sceneOfCallOut) : [sceneOf(plainRequest)];
        server.play(...scenes);
        return () =>
          compareCallOuts(
            name,
            expected,
            scenes.flatMap(({ received }) => received),
          );
      });
      return () => checks.flatMap((check) => check());
    },
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}

function sceneOfCallOut({ answer }: CallOut): Scene {
  if (answer !== "never") return sceneOf({ ...plainRequest, upstream: answer });
  return sceneOf({ ...plainRequest, request: { ...plainRequest.request, abort: "sent" } });
}

function compareCallOuts(cluster: string, expected: readonly CallOut[], got: readonly Received[]): string[] {
  const what = `call-outs to ${cluster}`;
  if (expected.length !== got.length) {
    const seen = got.map(({ method, path }) => `${method} ${path}`).join(", ");
    return [`${what}: expected ${expected.length}, got ${seen || "none"}`];
  }
  return got.flatMap(({ method, path, headers, body }, at) => {
    const sees = expected[at]?.sees ?? { headers: [] };
    const lacking = sees.headers.filter(
      ([name, value]) => !headers.some((line) => line[0] === name && line[1] === value),
    );
    return [
      ...difference(`${what}: method`, sees.method ?? method, method),
      ...difference(`${what}: path`, sees.path ?? path, path),
      ...(lacking.length > 0 ? difference(`${what}: headers`, lacking, headers) : []),
      ...difference(`${what}: body`, String(sees.body ?? body), String(body)),
    ];
  });
}

/** An address where nobody listens. */
async function deadEnd(): Promise<URL> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}`);
}
