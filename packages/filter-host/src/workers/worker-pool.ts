import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import type { Archive } from "@wasm-header-filter/flight-recorder";
import { brokenText, type ChainPluginOptions, containing, type Runtime, type SharedState } from "proxy-wasm-host";
import type { HostOptions } from "../host-options.ts";
import { listen } from "../net/listener.ts";
import { answerCalls } from "./call-channel.ts";
import { Handover } from "./handover.ts";
import { sharedCalls } from "./shared-state.ts";
import { type FromThread, type RecordingSetup, SETUP, THREAD, type ThreadSetup, type ToThread } from "./thread.ts";

/** How long before another thread takes the place of one that ended by itself, in milliseconds. */
const PAUSE = 1_000;

/** How long a thread has to close, in milliseconds; it may be within a callback that does not return. */
const CLOSING = 2_000;

/** Which part of what an archive may keep may be on its way to it, from all threads together. */
const UNDERWAY = 1 / 8;

/** Threads that serve on one port, each with VMs of its own; the kernel deals out connections, as between Envoy's workers. */
export class Threads {
  readonly url: URL;
  readonly #setup: Omit<ThreadSetup, "line" | "chain">;
  readonly #options: HostOptions;
  readonly #runtime: Runtime;
  readonly #state: SharedState;
  readonly #workers = new Map<number, Worker>();
  readonly #archive: Archive | undefined;
  readonly #handovers = new Map<number, Handover>();
  readonly #pauses = new Set<NodeJS.Timeout>();
  #chain: readonly ChainPluginOptions[];
  #closing = false;

  private constructor(
    url: URL,
    setup: Omit<ThreadSetup, "line" | "chain">,
    options: HostOptions,
    runtime: Runtime,
    state: SharedState,
    archive: Archive | undefined,
  ) {
    this.#archive = archive;
    this.url = url;
    this.#setup = setup;
    this.#options = options;
    this.#runtime = runtime;
    this.#state = state;
    this.#chain = options.plugins;
  }

  /**
   * Starts threads, and waits until all of them listen.
   *
   * @param runtime the main thread's, which has tried the modules
   * @param state what the threads share
   * @param cells where its counters and gauges are
   * @param archive keeps what they record; without it they record nothing
   * @throws Error with `code` (`EADDRINUSE`, ...) if they can't listen
   */
  static async start(
    options: HostOptions,
    runtime: Runtime,
    state: SharedState,
    cells: BigUint64Array<SharedArrayBuffer>,
    archive?: Archive,
  ): Promise<Threads> {
    const { workers = 1, tcp = false, upstream, clusters = {}, faults, memoryLimit, callbackTimeout } = options;
    const wanted = options.listen ?? { host: "127.0.0.1", port: 0 };
    // Threads share a port, and so would a stranger in silence: this one asks for it alone first.
    const probe = await listen(createServer(), wanted, tcp ? "tcp" : "http");
    await probe.close();
    const setup = {
      cells,
      upstream: upstream.href,
      clusters: Object.fromEntries(Object.entries(clusters).map(([name, url]) => [name, url.href])),
      host: wanted.host,
      port: Number(probe.url.port),
      tcp,
      traced: options.trace !== undefined,
      timeout: options.timeout,
      recording: archive && recordingSetup(archive, workers),
      options: { faults, memoryLimit, callbackTimeout },
    };
    const threads = new Threads(probe.url, setup, options, runtime, state, archive);
    try {
      await Promise.all(Array.from({ length: workers }, (_, index) => threads.#begin(index + 1)));
    } catch (error) {
      await threads.close();
      throw error;
    }
    return threads;
  }

  /** Has all threads take another chain. */
  use(chain: readonly ChainPluginOptions[]): void {
    this.#chain = chain;
    for (const worker of this.#workers.values()) worker.postMessage({ use: chain } satisfies ToThread);
  }

  /** Has all threads configure a plugin anew. */
  reconfigure(name: string, configuration: Uint8Array): void {
    this.use(
      this.#chain.map((one) => (one.name === name && !("unavailable" in one) ? { ...one, configuration } : one)),
    );
  }

  /** Has all threads hand over what they have recorded. */
  async handOver(): Promise<void> {
    await Promise.all([...this.#handovers.values()].map((handover) => handover.ask()));
  }

  /** Ends one thread as a crash would; for tests. */
  async crash(id: number): Promise<void> {
    await this.#workers.get(id)?.terminate();
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const pause of this.#pauses) clearTimeout(pause);
    await Promise.all([...this.#workers.values()].map(close));
  }

  #begin(id: number): Promise<void> {
    const { calls, forget } = sharedCalls(this.#state, (listener, token) =>
      worker.postMessage({ ready: { listener, token } } satisfies ToThread),
    );
    const { line, close } = answerCalls(calls);
    const setup: ThreadSetup = { ...this.#setup, line, chain: this.#chain };
    const worker = new Worker(THREAD, { workerData: { [SETUP]: setup }, transferList: [line.port] });
    this.#workers.set(id, worker);
    const handover =
      this.#archive && new Handover(this.#archive, id, (message: ToThread) => worker.postMessage(message));
    if (handover) this.#handovers.set(id, handover);
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      let listening = false;
      worker.on("error", (error: Error) => {
        failure = error;
      });
      const contain = containing((event, error) => this.#runtime.report("error", brokenText(event, error)));
      const told = contain(`worker ${id}'s message`, (message: FromThread) => {
        if ("log" in message) this.#options.log?.(message.log);
        else if ("event" in message) this.#options.trace?.(message.event);
        else if ("recorded" in message) handover?.take(message.recorded, message.plugins);
        else if ("handedOver" in message) handover?.answered(message.handedOver);
        else if ("listening" in message) {
          listening = true;
          resolve();
        }
      });
      worker.on("message", told);
      worker.on("exit", () => {
        forget();
        close();
        this.#workers.delete(id);
        this.#handovers.delete(id);
        handover?.end();
        if (!listening) reject(failure ?? new Error(`worker ${id} ended before it listened`));
        if (listening && !this.#closing) this.#replace(id, failure);
      });
    });
  }

  #replace(id: number, failure: Error | undefined): void {
    this.#runtime.report(
      "critical",
      `worker ${id} ended: ${failure?.message ?? "terminated"}; another takes its place`,
    );
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      this.#begin(id).catch((error: Error) => {
        if (!this.#closing) this.#replace(id, error);
      });
    }, PAUSE);
    this.#pauses.add(pause);
  }
}

const recordingSetup = ({ redaction, pace, requests }: Archive, workers: number): RecordingSetup => ({
  redact: [...redaction.names],
  perSecond: pace.perSecond,
  pace: pace.cells,
  allowance: (requests.view.maxBytes * UNDERWAY) / workers,
});

async function close(worker: Worker): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    worker.on("message", (message: FromThread) => "closed" in message && resolve());
    worker.on("exit", () => resolve());
    setTimeout(resolve, CLOSING).unref();
  });
  worker.postMessage({ close: true } satisfies ToThread);
  await closed;
  await worker.terminate();
}
