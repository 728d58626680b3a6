import { parentPort, workerData } from "node:worker_threads";
import { type Batch, Pace, type PluginStatus, Recorder, Redaction } from "@wasm-header-filter/flight-recorder";
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
import { listen } from "../net/listener.ts";
import { type NodeRuntimeOptions, onNode } from "../platform/node-runtime.ts";
import { createProxy } from "../proxy/server.ts";
import { createTcpProxy } from "../tcp/server.ts";
import { asks, type CallLine } from "./call-channel.ts";
import { Outbox } from "./outbox.ts";
import { remoteState } from "./remote-state.ts";

/** How a thread records. */
export interface RecordingSetup {
  readonly redact: readonly string[];
  readonly perSecond: number;
  /** Of the pace that all threads go by. */
  readonly pace: Int32Array<SharedArrayBuffer>;
  /** How many bytes may wait for the main thread, or be on their way to it. */
  readonly allowance: number;
}

/** What a thread is started with; URLs as text, for they can't be handed over. */
export interface ThreadSetup {
  readonly line: CallLine;
  readonly cells: BigUint64Array<SharedArrayBuffer>;
  readonly chain: readonly ChainPluginOptions[];
  readonly upstream: string;
  readonly clusters: Readonly<Record<string, string>>;
  readonly host: string;
  readonly port: number;
  readonly tcp: boolean;
  readonly traced: boolean;
  readonly timeout: number | undefined;
  /** Left out: nothing is recorded. */
  readonly recording: RecordingSetup | undefined;
  readonly options: Pick<NodeRuntimeOptions, "faults" | "memoryLimit" | "callbackTimeout">;
}

/** What a thread is told. */
export type ToThread =
  | { readonly use: readonly ChainPluginOptions[] }
  | { readonly ready: { readonly listener: number; readonly token: number } }
  | { readonly taken: Pick<Batch, "bytes"> }
  | { readonly handOver: number }
  | { readonly close: true };

/** What a thread tells. */
export type FromThread =
  | { readonly listening: true }
  | { readonly closed: true }
  | { readonly recorded: Batch; readonly plugins: readonly PluginStatus[] }
  | { readonly handedOver: number }
  | { readonly log: LogLine }
  | { readonly event: TraceEvent };

/** This file, which is the thread's program. */
export const THREAD = new URL(import.meta.url);

/** Under which the setup is handed over, so that this file does nothing in other people's threads. */
export const SETUP = "wasm-header-filter/filter-host";

const setup = (workerData as Record<string, ThreadSetup> | null)?.[SETUP];
if (parentPort && setup) await run(parentPort, setup);

async function run(main: NonNullable<typeof parentPort>, setup: ThreadSetup): Promise<void> {
  const { line, cells, chain, clusters, upstream, host, port, tcp, traced, timeout, recording, options } = setup;
  const tell = (message: FromThread) => main.postMessage(message);
  const listeners: QueueListener[] = [];
  // What the host says of a module while it loads, the main thread has said already.
  let loading = true;
  const broken: Broken = (event, error) => quietly(() => runtime.report("error", brokenText(event, error)));
  const post = containing(broken)("a thread's batch", (recorded: Batch) => tell({ recorded, plugins: standings() }));
  const outbox = recording && new Outbox(recording.allowance, post);
  const recorder = outbox && recorderOf(outbox, recording);
  const runtime = new Runtime(
    onNode(
      {
        ...options,
        plugins: chain,
        clusters: Object.fromEntries(Object.entries(clusters).map(([name, url]) => [name, new URL(url)])),
        log: (logged) => {
          if (!loading || logged.source === "filter") tell({ log: logged });
        },
        ...(traced && { trace: (event: TraceEvent) => tell({ event }) }),
      },
      recorder,
      { ...remoteState(asks(line), cells, listeners), canary: false },
    ),
  );
  loading = false;
  const standings = () => runtime.plugins.map(standingOf);
  const proxy = tcp
    ? createTcpProxy(runtime, new URL(upstream))
    : createProxy(runtime, new URL(upstream), timeout, recorder);
  const failed = (error: Error) => broken("a new connection", error);
  const listener = await listen(proxy, { host, port }, "http", true, failed);
  const told = async (message: ToThread): Promise<void> => {
    if ("use" in message) {
      loading = true;
      runtime.use(message.use);
      loading = false;
      outbox?.stir();
    } else if ("ready" in message) {
      listeners[message.ready.listener]?.queueReady(message.ready.token);
    } else if ("taken" in message) {
      outbox?.taken(message.taken);
    } else if ("handOver" in message) {
      outbox?.send();
      tell({ handedOver: message.handOver });
    } else {
      await listener.close();
      runtime.close();
      tell({ closed: true });
    }
  };
  main.on("message", (message: ToThread) => {
    told(message).catch((error: unknown) => {
      loading = false;
      broken("a message of the main thread", error);
    });
  });
  outbox?.stir();
  tell({ listening: true });
}

function recorderOf(outbox: Outbox, { redact, perSecond, pace }: RecordingSetup): Recorder {
  return new Recorder(outbox, new Redaction(redact), new Pace(perSecond, pace));
}

function standingOf({ name, state, error, memoryPages }: ChainPlugin): PluginStatus {
  return { name, state, error, memoryPages };
}
