import type { Archive, Batch, PluginStatus } from "@wasm-header-filter/flight-recorder";
import type { ToWorker } from "./worker.ts";

/** How long a request for what a worker has recorded waits, in milliseconds; a callback in the worker may never return. */
const TIMEOUT = 1_000;

/** Receives in the main thread what one worker records. */
export class Handover {
  readonly #archive: Archive;
  readonly #worker: number;
  readonly #send: (message: ToWorker) => void;
  readonly #pending = new Map<number, () => void>();
  #requests = 0;

  constructor(archive: Archive, worker: number, send: (message: ToWorker) => void) {
    this.#archive = archive;
    this.#worker = worker;
    this.#send = send;
  }

  /** Stores a batch that the worker has sent. */
  take(batch: Batch, plugins: readonly PluginStatus[]): void {
    this.#archive.take(this.#worker, batch, plugins);
    this.#send({ taken: { bytes: batch.bytes } });
  }

  /** Asks the worker for what it holds; resolves once it has sent it, has exited, or has not answered in time. */
  request(): Promise<void> {
    const id = ++this.#requests;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answered(id), TIMEOUT);
      this.#pending.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
      this.#send({ handOver: id });
    });
  }

  /** The worker has sent what it held when it was asked. */
  answered(id: number): void {
    this.#pending.get(id)?.();
    this.#pending.delete(id);
  }

  /** The worker has exited. */
  close(): void {
    for (const id of [...this.#pending.keys()]) this.answered(id);
    this.#archive.removeWorker(this.#worker);
  }
}
