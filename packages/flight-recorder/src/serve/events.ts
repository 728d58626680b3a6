import type { ServerResponse } from "node:http";
import { brokenText, containing } from "proxy-wasm-host";
import { summaryOf } from "../archive/view.ts";
import type { KeptRequest } from "../record/request-record.ts";
import { gaugesOf, overviewOf, type RecordedRuntime } from "./recording-of.ts";

/** The maximum number of open pages. */
const MOST = 16;

/** The minimum time between two updates, in milliseconds. */
const PERIOD = 250;

/** The maximum number of unsent bytes for one page. A slow page misses the updates above it. */
const BACKLOG = 4 * 1024 * 1024;

/** Sends updates to open pages, a few times per second. Samples are also taken while no page is open. */
export class Events {
  readonly #recorded: RecordedRuntime;
  readonly #pages = new Set<ServerResponse>();
  readonly #changed = new Map<number, KeptRequest>();
  readonly #clock: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;

  constructor(recorded: RecordedRuntime) {
    this.#recorded = recorded;
    const { archive, runtime } = recorded;
    const contain = containing((event, error) => runtime.report("error", brokenText(event, error)));
    const sample = contain("a sample", () => this.#send("sample", archive.series.sample(gaugesOf(recorded))));
    const update = contain("an update of the page", () => this.#update());
    this.#clock = setInterval(sample, 1000).unref();
    const updateSoon = () => {
      if (this.#pages.size > 0) this.#timer ??= setTimeout(update, PERIOD).unref();
    };
    archive.onNotice = updateSoon;
    if (recorded.pause)
      recorded.pause.onChange = contain("a request that waits", () => {
        if (this.#pages.size === 0) return;
        for (const record of archive.requests.all())
          if (record.took === undefined) this.#changed.set(record.id, record);
        updateSoon();
      });
    archive.onChange = contain("a change for the page", (record) => {
      if (this.#pages.size > 0) this.#changed.set(record.id, record);
      updateSoon();
    });
  }

  /**
   * Adds a page.
   *
   * @returns false if too many are open
   */
  open(res: ServerResponse): boolean {
    if (this.#pages.size >= MOST) return false;
    this.#pages.add(res);
    res.on("close", () => this.#pages.delete(res));
    return true;
  }

  /** Stops sampling and ends the connections of open pages. */
  close(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#timer);
    for (const page of this.#pages) page.end();
  }

  #update(): void {
    this.#timer = undefined;
    const requests = Array.from(this.#changed.values(), summaryOf);
    this.#changed.clear();
    this.#send("requests", { requests, overview: overviewOf(this.#recorded) });
  }

  #send(event: string, data: unknown): void {
    if (this.#pages.size === 0) return;
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const page of this.#pages) if (page.writableLength < BACKLOG) page.write(text);
  }
}
