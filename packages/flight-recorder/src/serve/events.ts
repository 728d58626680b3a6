import type { ServerResponse } from "node:http";
import { brokenText, containing } from "proxy-wasm-host";
import { summaryOf } from "../archive/view.ts";
import type { Exchange } from "../record/exchange-record.ts";
import { gaugesOf, overviewOf, type Recorded } from "./recording-of.ts";

/** How many pages may look on at once. */
const MOST = 16;

/** How often news are sent, in milliseconds. */
const PERIOD = 250;

/** How many bytes may wait for a page that is slow; then it misses some. */
const BACKLOG = 4 * 1024 * 1024;

/** Tells pages that are open what is new, a few times a second; while none is, only the plots go on. */
export class Events {
  readonly #recorded: Recorded;
  readonly #pages = new Set<ServerResponse>();
  readonly #news = new Map<number, Exchange>();
  readonly #clock: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;

  constructor(recorded: Recorded) {
    this.#recorded = recorded;
    const { archive, runtime } = recorded;
    const contain = containing((event, error) => runtime.report("error", brokenText(event, error)));
    const sample = contain("a sample", () => this.#send("sample", archive.series.sample(gaugesOf(recorded))));
    const tell = contain("the page's news", () => this.#tell());
    this.#clock = setInterval(sample, 1000).unref();
    archive.onChange = contain("a change for the page", (record) => {
      if (this.#pages.size === 0) return;
      this.#news.set(record.id, record);
      this.#timer ??= setTimeout(tell, PERIOD).unref();
    });
  }

  /** Takes a page on; false if there are too many. */
  open(res: ServerResponse): boolean {
    if (this.#pages.size >= MOST) return false;
    this.#pages.add(res);
    res.on("close", () => this.#pages.delete(res));
    return true;
  }

  close(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#timer);
    for (const page of this.#pages) page.end();
  }

  #tell(): void {
    this.#timer = undefined;
    const requests = Array.from(this.#news.values(), summaryOf);
    this.#news.clear();
    this.#send("requests", { requests, overview: overviewOf(this.#recorded) });
  }

  #send(event: string, data: unknown): void {
    if (this.#pages.size === 0) return;
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const page of this.#pages) if (page.writableLength < BACKLOG) page.write(text);
  }
}
