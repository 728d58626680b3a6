import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Answer, CallOut, Case, GrpcAnswer, Header } from "../cases/case.ts";
import { plainRequest } from "../cases/defaults.ts";
import { compareBytes, difference } from "../cases/difference.ts";
import { fits } from "../cases/pattern.ts";
import type { Arrivals } from "./arrivals.ts";
import { startGrpcService } from "./grpc-service.ts";
import { type Scene, sceneOf } from "./scene.ts";
import { startUpstream } from "./upstream.ts";

/** The address of a server that filters may call. */
export interface ClusterAddress {
  /** `http://HOST:PORT`. */
  readonly url: URL;
  /** Whether it speaks HTTP/2, as gRPC does; false by default. */
  readonly http2?: boolean;
}

/** The servers that filters call, besides the upstream. */
export interface ClusterServers {
  readonly all: ReadonlyMap<string, ClusterAddress>;
  /**
   * Sets the answers to the next call-outs.
   *
   * @param has counts what arrives over HTTP
   * @param held what each answer over HTTP waits for
   * @returns a function that returns, afterwards, each difference between the expected and the received call-outs
   */
  play(callOuts: readonly CallOut[], has?: Arrivals, held?: () => Promise<void>): () => string[];
  /** Has an HTTP cluster carry out the next requests as the upstream would. */
  route(name: string, scene: Scene): void;
  close(): Promise<void>;
}

/** A call-out as it was received. */
interface Came {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly messages: readonly Uint8Array[];
}

/** One cluster. */
interface Cluster extends ClusterAddress {
  /** Sets the answers to the next call-outs; returns a function that returns what was received. */
  play(callOuts: readonly CallOut[], has?: Arrivals, held?: () => Promise<void>): () => readonly Came[];
  /** Carries out the next requests; undefined if it speaks no HTTP/1.1. */
  readonly route?: (scene: Scene) => void;
  close(): Promise<void>;
}

/** Starts a server for each cluster of some cases, on free ports of 127.0.0.1. */
export async function startClusters(cases: readonly Pick<Case, "clusters" | "steps">[]): Promise<ClusterServers> {
  const kinds = new Map(cases.flatMap(({ clusters }) => Object.entries(clusters)));
  const paths = (name: string) =>
    callOutsOf(cases).flatMap(({ cluster, sees }) => (cluster === name && sees.path ? [sees.path] : []));
  const all = new Map<string, Cluster>();
  for (const [name, kind] of kinds) {
    all.set(name, await (kind === "http" ? httpCluster() : kind === "grpc" ? grpcCluster(paths(name)) : deadEnd()));
  }
  return {
    all,
    play(callOuts, has, held) {
      const checks = [...all].map(([name, cluster]) => {
        const expected = callOuts.filter((callOut) => callOut.cluster === name);
        const came = cluster.play(expected, has, held);
        return () => compareCallOuts(`call-outs to ${name}`, expected, came());
      });
      return () => checks.flatMap((check) => check());
    },
    route: (name, scene) => all.get(name)?.route?.(scene),
    async close() {
      await Promise.all([...all.values()].map((cluster) => cluster.close()));
    },
  };
}

function callOutsOf(cases: readonly Pick<Case, "steps">[]): CallOut[] {
  return cases.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "request" ? step.callOuts : [])));
}

async function httpCluster(): Promise<Cluster> {
  const server = await startUpstream();
  return {
    url: server.url,
    play(callOuts, has, held) {
      const told = { ...(has && { upstreamHas: has }), ...(held && { held }) };
      const scenes = (callOuts.length > 0 ? callOuts.map(sceneOfCallOut) : [sceneOf(plainRequest)]).map((scene) => ({
        ...scene,
        ...told,
      }));
      server.play(...scenes);
      return () => scenes.flatMap(({ received }) => received).map((came) => ({ ...came, messages: [] }));
    },
    route: (scene) => server.play(scene),
    close: () => server.close(),
  };
}

function sceneOfCallOut({ answer }: CallOut): Scene {
  if (answer !== "never") return sceneOf({ ...plainRequest, upstream: answer as Answer });
  return sceneOf({ ...plainRequest, request: { ...plainRequest.request, abort: "sent" } });
}

async function grpcCluster(paths: readonly string[]): Promise<Cluster> {
  const service = await startGrpcService(paths);
  return {
    url: service.url,
    http2: true,
    play(callOuts) {
      const received = service.play(callOuts.map(({ answer }) => answer as GrpcAnswer | "never"));
      return () => received.map((came) => ({ ...came, method: "POST", body: Buffer.concat(came.messages) }));
    },
    close: () => service.close(),
  };
}

/** An address where nothing listens. It is the client's end of a connection, so that nothing can listen there until it is closed. */
async function deadEnd(): Promise<Cluster> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [[other]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [[Socket], unknown];
  return {
    url: new URL(`http://127.0.0.1:${client.localPort}`),
    play: () => () => [],
    async close() {
      client.destroy();
      other.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function compareCallOuts(what: string, expected: readonly CallOut[], came: readonly Came[]): string[] {
  if (expected.length !== came.length) {
    const seen = came.map(({ method, path }) => `${method} ${path}`).join(", ");
    return [`${what}: expected ${expected.length}, got ${seen || "none"}`];
  }
  return came.flatMap((got, at) => {
    const sees = expected[at]?.sees ?? { headers: [] };
    const lacking = sees.headers.filter(
      ([name, value]) => !got.headers.some((has) => has[0] === name && fits(value, has[1])),
    );
    return [
      ...difference(`${what}: method`, sees.method ?? got.method, got.method),
      ...difference(`${what}: path`, sees.path ?? got.path, got.path),
      ...(lacking.length > 0 ? difference(`${what}: headers`, lacking, got.headers) : []),
      ...compareBytes(`${what}: body`, sees.body ?? got.body, got.body),
      ...difference(`${what}: messages`, (sees.messages ?? got.messages).length, got.messages.length),
      ...(sees.messages ?? []).flatMap((message, nth) =>
        compareBytes(`${what}: message ${nth + 1}`, message, got.messages[nth] ?? new Uint8Array()),
      ),
    ];
  });
}
