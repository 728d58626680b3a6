import type { Archive, Batch, PluginStatus } from "@wasm-header-filter/flight-recorder";
import type { ToThread } from "./thread.ts";

/** How long one who looks waits for a thread, in milliseconds; it may be within a callback that does not return. */
const PATIENCE = 1_000;

/** The main thread's side of what one worker records. */
export class Handover {
  readonly #archive: Archive;
  readonly #worker: number;
  readonly #tell: (message: ToThread) => void;
  readonly #asked = new Map<number, () => void>();
  #asks = 0;

  constructor(archive: Archive, worker: number, tell: (message: ToThread) => void) {
    this.#archive = archive;
    this.#worker = worker;
    this.#tell = tell;
  }

  /** Takes what the worker has handed over. */
  take(batch: Batch, plugins: readonly PluginStatus[]): void {
    this.#archive.take(this.#worker, batch, plugins);
    this.#tell({ taken: { bytes: batch.bytes } });
  }

  /** Has the worker hand over what it holds; resolves once it has, or has ended, or does not answer. */
  ask(): Promise<void> {
    const id = ++this.#asks;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answered(id), PATIENCE);
      this.#asked.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
      this.#tell({ handOver: id });
    });
  }

  /** The worker has handed over what it held when it was asked. */
  answered(id: number): void {
    this.#asked.get(id)?.();
    this.#asked.delete(id);
  }

  /** The worker is gone. */
  end(): void {
    for (const id of [...this.#asked.keys()]) this.answered(id);
    this.#archive.removeWorker(this.#worker);
  }
}
