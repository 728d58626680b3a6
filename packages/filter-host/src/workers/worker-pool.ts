import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import type { Archive } from "@wasm-header-filter/flight-recorder";
import { brokenText, type ChainPluginOptions, containing, type Runtime, type SharedState } from "proxy-wasm-host";
import type { HostOptions } from "../host-options.ts";
import { listen } from "../net/listener.ts";
import { withDefaults } from "../proxy/router/proxy-limits.ts";
import { answerCalls } from "./call-channel.ts";
import { Handover } from "./handover.ts";
import { sharedCalls } from "./shared-state.ts";
import {
  type FromWorker,
  type RecordingSetup,
  SETUP,
  type ToWorker,
  WORKER_PROGRAM,
  type WorkerSetup,
} from "./worker.ts";

/** The delay before a worker that exited unexpectedly is replaced, in milliseconds. */
const RESTART_DELAY = 1_000;

/** How often workers try to listen on any free port: another process may take it after it was found and before they listen. */
const ATTEMPTS = 5;

/** How long a worker has to close, in milliseconds; a callback in it may never return. */
const CLOSE_TIMEOUT = 2_000;

/** How much recorded data all workers together may hold before the archive has it, as a part of the archive's limit. */
const IN_TRANSIT = 1 / 8;

/** Workers that serve on one port, each with its own VMs; the kernel distributes connections among them, as in Envoy. */
export class WorkerPool {
  readonly url: URL;
  readonly #setup: Omit<WorkerSetup, "channel" | "chain">;
  readonly #options: HostOptions;
  readonly #runtime: Runtime;
  readonly #state: SharedState;
  readonly #workers = new Map<number, Worker>();
  readonly #archive: Archive | undefined;
  readonly #handovers = new Map<number, Handover>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #chain: readonly ChainPluginOptions[];
  #closing = false;

  private constructor(
    url: URL,
    setup: Omit<WorkerSetup, "channel" | "chain">,
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
   * Starts workers, and waits until all of them listen.
   *
   * @param runtime the main thread's runtime, which has already loaded the modules
   * @param state the state that the workers share
   * @param cells the memory of its counters and gauges
   * @param archive stores what the workers record; without it nothing is recorded
   * @throws Error with `code` (`EADDRINUSE`, ...) if a worker cannot listen
   */
  static async start(
    options: HostOptions,
    runtime: Runtime,
    state: SharedState,
    cells: BigUint64Array<SharedArrayBuffer>,
    archive?: Archive,
  ): Promise<WorkerPool> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await WorkerPool.#startOnce(options, runtime, state, cells, archive);
      } catch (error) {
        const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
        if (!taken || options.listen?.port || attempt === ATTEMPTS) throw error;
      }
    }
  }

  static async #startOnce(
    ...[options, runtime, state, cells, archive]: Parameters<typeof WorkerPool.start>
  ): Promise<WorkerPool> {
    const { workers = 1, tcp = false, upstream, clusters = {}, routes = [] } = options;
    const { logLevel, faults, memoryLimit, callbackTimeout, tls } = options;
    const wanted = options.listen ?? { host: "127.0.0.1", port: 0 };
    // With SO_REUSEPORT another process could share the port unnoticed: the probe takes it exclusively.
    const probe = await listen(createServer(), wanted, { scheme: tcp ? "tcp" : "http" });
    await probe.close();
    const setup = {
      cells,
      upstream: upstream.href,
      clusters: Object.fromEntries(Object.entries(clusters).map(([name, url]) => [name, url.href])),
      routes,
      host: wanted.host,
      port: Number(probe.url.port),
      tcp,
      traced: options.trace !== undefined,
      limits: withDefaults(options),
      recording: archive && recordingSetup(archive, workers),
      redact: options.redact,
      options: { logLevel, faults, memoryLimit, callbackTimeout, tls },
    };
    const pool = new WorkerPool(probe.url, setup, options, runtime, state, archive);
    try {
      await Promise.all(Array.from({ length: workers }, (_, index) => pool.#start(index + 1)));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** Replaces the chain of all workers. */
  use(chain: readonly ChainPluginOptions[]): void {
    this.#chain = chain;
    for (const worker of this.#workers.values()) worker.postMessage({ use: chain } satisfies ToWorker);
  }

  /** Configures a plugin again in all workers. */
  reconfigure(name: string, configuration: Uint8Array): void {
    this.use(
      this.#chain.map((one) => (one.name === name && !("unavailable" in one) ? { ...one, configuration } : one)),
    );
  }

  /** Resolves once all workers have sent what they have recorded. */
  async handOver(): Promise<void> {
    await Promise.all([...this.#handovers.values()].map((handover) => handover.request()));
  }

  /**
   * Accepts no more connections; a worker that exits is not replaced.
   *
   * @param time milliseconds that the connections have to end
   * @returns resolves once they have ended, the time is over, or the workers are closed
   */
  async drain(time: number): Promise<void> {
    this.#end();
    await Promise.all([...this.#workers.values()].map((worker) => drain(worker, time)));
  }

  async close(): Promise<void> {
    this.#end();
    await Promise.all([...this.#workers.values()].map(close));
  }

  #end(): void {
    this.#closing = true;
    for (const timer of this.#restarts) clearTimeout(timer);
  }

  #start(id: number): Promise<void> {
    const { calls, forget } = sharedCalls(this.#state, (listener, token) =>
      worker.postMessage({ ready: { listener, token } } satisfies ToWorker),
    );
    const { channel, close } = answerCalls(calls);
    const setup: WorkerSetup = { ...this.#setup, channel, chain: this.#chain };
    const worker = new Worker(WORKER_PROGRAM, { workerData: { [SETUP]: setup }, transferList: [channel.port] });
    this.#workers.set(id, worker);
    const handover =
      this.#archive && new Handover(this.#archive, id, (message: ToWorker) => worker.postMessage(message));
    if (handover) this.#handovers.set(id, handover);
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      let listening = false;
      worker.on("error", (error: Error) => {
        failure = error;
      });
      const contain = containing((event, error) => this.#runtime.report("error", brokenText(event, error)));
      const receive = contain(`worker ${id}'s message`, (message: FromWorker) => {
        if ("log" in message) this.#options.log?.(message.log);
        else if ("event" in message) this.#options.trace?.(message.event);
        else if ("recorded" in message) handover?.take(message.recorded, message.plugins);
        else if ("handedOver" in message) handover?.answered(message.handedOver);
        else if ("listening" in message) {
          listening = true;
          resolve();
        }
      });
      worker.on("message", receive);
      worker.on("exit", () => {
        forget();
        close();
        this.#workers.delete(id);
        this.#handovers.delete(id);
        handover?.close();
        if (!listening) reject(failure ?? new Error(`worker ${id} exited before it listened`));
        if (listening && !this.#closing) this.#replace(id, failure);
      });
    });
  }

  #replace(id: number, failure: Error | undefined): void {
    this.#runtime.report("critical", `worker ${id} exited: ${failure?.message ?? "terminated"}; a new one replaces it`);
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#start(id).catch((error: Error) => {
        if (!this.#closing) this.#replace(id, error);
      });
    }, RESTART_DELAY);
    this.#restarts.add(timer);
  }
}

const recordingSetup = ({ redaction, pace, requests }: Archive, workers: number): RecordingSetup => ({
  redact: redaction.rules,
  perSecond: pace.perSecond,
  pace: pace.cells,
  allowance: (requests.view.maxBytes * IN_TRANSIT) / workers,
});

async function close(worker: Worker): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    worker.on("message", (message: FromWorker) => "closed" in message && resolve());
    worker.on("exit", () => resolve());
    setTimeout(resolve, CLOSE_TIMEOUT).unref();
  });
  worker.postMessage({ close: true } satisfies ToWorker);
  await closed;
  await worker.terminate();
}

async function drain(worker: Worker, time: number): Promise<void> {
  const over = Promise.withResolvers<void>();
  worker.on("message", (message: FromWorker) => "drained" in message && over.resolve());
  worker.on("exit", () => over.resolve());
  // A callback in the worker may never return.
  const timer = setTimeout(over.resolve, time);
  worker.postMessage({ drain: time } satisfies ToWorker);
  await over.promise;
  clearTimeout(timer);
}
