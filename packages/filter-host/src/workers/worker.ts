import { parentPort, workerData } from "node:worker_threads";
import {
  type Batch,
  Forgetting,
  Pace,
  type PluginStatus,
  Recorder,
  Redaction,
} from "@wasm-header-filter/flight-recorder";
import {
  type Broken,
  brokenText,
  type ChainPlugin,
  type ChainPluginOptions,
  containing,
  type LogLine,
  type QueueListener,
  quietly,
  Runtime,
  type TraceEvent,
} from "proxy-wasm-host";
import { ClientConnections } from "../net/client-connections.ts";
import { Dialer } from "../net/dialer.ts";
import { listen } from "../net/listener.ts";
import { type NodeRuntimeOptions, onNode } from "../platform/node-runtime.ts";
import type { ProxyLimits } from "../proxy/router/proxy-limits.ts";
import type { HeaderRoute } from "../proxy/router/route.ts";
import { createProxy } from "../proxy/server.ts";
import { createTcpProxy } from "../tcp/server.ts";
import { askMainThread, type CallChannel } from "./call-channel.ts";
import { Outbox } from "./outbox.ts";
import { remoteState } from "./remote-state.ts";

/** How a worker records. */
export interface RecordingSetup {
  readonly redact: readonly string[];
  readonly perSecond: number;
  /** The memory of the rate limit that all workers share. */
  readonly pace: Int32Array<SharedArrayBuffer>;
  /** How many recorded bytes the worker may hold until the main thread has taken them. */
  readonly allowance: number;
}

/** What a worker is started with; URLs as text, because they cannot be cloned. */
export interface WorkerSetup {
  readonly channel: CallChannel;
  readonly cells: BigUint64Array<SharedArrayBuffer>;
  readonly chain: readonly ChainPluginOptions[];
  readonly upstream: string;
  readonly clusters: Readonly<Record<string, string>>;
  readonly routes: readonly HeaderRoute[];
  readonly host: string;
  readonly port: number;
  readonly tcp: boolean;
  readonly traced: boolean;
  readonly limits: ProxyLimits;
  /** If undefined, nothing is recorded. */
  readonly recording: RecordingSetup | undefined;
  /** What is masked in log lines; if undefined, they are not. */
  readonly redact: readonly string[] | undefined;
  readonly options: Pick<NodeRuntimeOptions, "logLevel" | "faults" | "memoryLimit" | "callbackTimeout" | "tls">;
}

/** A message to a worker. */
export type ToWorker =
  | { readonly use: readonly ChainPluginOptions[] }
  | { readonly ready: { readonly listener: number; readonly token: number } }
  | { readonly taken: Pick<Batch, "bytes"> }
  | { readonly handOver: number }
  | { readonly drain: number }
  | { readonly close: true };

/** A message from a worker. */
export type FromWorker =
  | { readonly listening: true }
  | { readonly drained: true }
  | { readonly closed: true }
  | { readonly recorded: Batch; readonly plugins: readonly PluginStatus[] }
  | { readonly handedOver: number }
  | { readonly log: LogLine }
  | { readonly event: TraceEvent };

/** This file, which is the worker's program. */
export const WORKER_PROGRAM = new URL(import.meta.url);

/** The key of the setup in `workerData`; without it this file does nothing. */
export const SETUP = "wasm-header-filter/filter-host";

const setup = (workerData as Record<string, WorkerSetup> | null)?.[SETUP];
if (parentPort && setup) await run(parentPort, setup);

async function run(main: NonNullable<typeof parentPort>, setup: WorkerSetup): Promise<void> {
  const { channel, cells, chain, routes, upstream, host, port, tcp, traced, limits, recording, redact, options } =
    setup;
  const clusters = Object.fromEntries(Object.entries(setup.clusters).map(([name, url]) => [name, new URL(url)]));
  const send = (message: FromWorker) => main.postMessage(message);
  const listeners: QueueListener[] = [];
  // The main thread has already logged what the host says of a module while it loads.
  let loading = true;
  const broken: Broken = (event, error) => quietly(() => runtime.report("error", brokenText(event, error)));
  const post = containing(broken)("a worker's batch", (recorded: Batch) => send({ recorded, plugins: standings() }));
  const outbox = recording && new Outbox(recording.allowance, post);
  const redaction = new Redaction(recording?.redact ?? redact);
  redaction.configure(chain);
  const recorder = outbox
    ? new Recorder(outbox, redaction, new Pace(recording.perSecond, recording.pace))
    : redact && new Recorder(new Forgetting(), redaction, new Pace(0));
  const masked = (line: LogLine) => (redact && recorder ? { ...line, message: recorder.clean(line.message) } : line);
  const runtime = new Runtime(
    onNode(
      {
        ...options,
        plugins: chain,
        clusters,
        log: (logged) => {
          if (!loading || logged.source === "filter") send({ log: masked(logged) });
        },
        ...(traced && { trace: (event: TraceEvent) => send({ event }) }),
      },
      recorder,
      { ...remoteState(askMainThread(channel), cells, listeners), canary: false },
    ),
  );
  loading = false;
  const standings = () => runtime.plugins.map(standingOf);
  const connections = new ClientConnections();
  const proxy = tcp
    ? createTcpProxy(runtime, new URL(upstream), new Dialer(options.tls, limits.connectTimeout))
    : createProxy(
        runtime,
        { ...limits, upstream: new URL(upstream), routes, clusters, tls: options.tls, recorder },
        connections,
      );
  const failed = (error: Error) => broken("a new connection", error);
  const listener = await listen(proxy, { host, port }, { reusePort: true, failed, connections });
  const receive = async (message: ToWorker): Promise<void> => {
    if ("use" in message) {
      loading = true;
      redaction.configure(message.use);
      runtime.use(message.use);
      loading = false;
      outbox?.schedule();
    } else if ("ready" in message) {
      listeners[message.ready.listener]?.queueReady(message.ready.token);
    } else if ("taken" in message) {
      outbox?.acknowledge(message.taken);
    } else if ("handOver" in message) {
      outbox?.send();
      send({ handedOver: message.handOver });
    } else if ("drain" in message) {
      await listener.drain(message.drain);
      send({ drained: true });
    } else {
      await listener.close();
      runtime.close();
      send({ closed: true });
    }
  };
  main.on("message", (message: ToWorker) => {
    receive(message).catch((error: unknown) => {
      loading = false;
      broken("a message of the main thread", error);
    });
  });
  outbox?.schedule();
  send({ listening: true });
}

function standingOf({ name, state, error, memoryPages }: ChainPlugin): PluginStatus {
  return { name, state, error, memoryPages };
}
