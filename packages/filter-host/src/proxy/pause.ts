import type { Pausing } from "@wasm-header-filter/flight-recorder";
import type { ChainPlugin, Filter, StreamHandle, Verdict } from "proxy-wasm-host";

const pass = (): Verdict => "continue";

/** The first of a chain, as long as requests are held back: each waits there, with as much of its body as Envoy would buffer. */
export class Pause implements Pick<ChainPlugin, "newStream">, Pausing {
  onChange: (() => void) | undefined;
  #on: boolean;
  /** What lets each pass, the oldest first. */
  readonly #waiting = new Map<Filter, () => void>();

  /** @param on whether requests are held back from the beginning */
  constructor(on: boolean) {
    this.#on = on;
  }

  get on(): boolean {
    return this.#on;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  set(on: boolean): void {
    this.#on = on;
    if (!on) for (const filter of [...this.#waiting.keys()]) this.#let(filter);
    this.onChange?.();
  }

  release(): void {
    const [first] = this.#waiting.keys();
    if (first) this.#let(first);
    this.onChange?.();
  }

  newStream(handle: StreamHandle): Filter | undefined {
    if (!this.#on) return undefined;
    const filter: Filter = {
      request: {
        headers: () => {
          this.#waiting.set(filter, () => handle.resume(filter, "request"));
          this.onChange?.();
          return "stop-and-watermark";
        },
        data: () => (this.#waiting.has(filter) ? "stop-and-watermark" : "continue"),
        trailers: () => (this.#waiting.has(filter) ? "stop-and-watermark" : "continue"),
      },
      response: { headers: pass, data: pass, trailers: pass },
      log: () => {},
      end: () => {
        if (this.#waiting.delete(filter)) this.onChange?.();
      },
    };
    return filter;
  }

  #let(filter: Filter): void {
    const resume = this.#waiting.get(filter);
    this.#waiting.delete(filter);
    resume?.();
  }
}
