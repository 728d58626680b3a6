import type { IncomingMessage, ServerResponse } from "node:http";
import { oneLine } from "@wasm-header-filter/cli";
import { summaryOf, viewOf } from "../archive/view.ts";
import { pageAssets } from "./assets.ts";
import { LIVE_DOCUMENT, LIVE_POLICY, standalone } from "./document.ts";
import { Events } from "./events.ts";
import type { Pausing } from "./pausing.ts";
import { overviewOf, type RecordedRuntime, recordingOf } from "./recording-of.ts";
import { parseReplay, replay } from "./replay.ts";

/** A response of the admin server. */
export interface PageResponse {
  /** 200 by default. */
  readonly status?: number;
  /** Its content type. */
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handles a request. It returns undefined if it sends the response itself. */
export type PageHandler = (
  req: IncomingMessage,
  res: ServerResponse,
) => PageResponse | undefined | Promise<PageResponse | undefined>;

/** The maximum size of a replay request in bytes. */
const LONGEST = 1024 * 1024;

const json = (value: unknown, status = 200): PageResponse => ({
  status,
  type: "application/json",
  text: JSON.stringify(value),
});

const isJson = ({ headers }: IncomingMessage): boolean => /^application\/json\b/.test(headers["content-type"] ?? "");
const NOT_JSON = json({ error: "expected content-type application/json" }, 415);

const saved = (answer: PageResponse, extension: string): PageResponse => ({
  ...answer,
  headers: { "content-disposition": `attachment; filename="filter-host-recording.${extension}"` },
});

/** The routes of the page and its API: `/`, `/page.js`, `/page.css` and `/api/…`. */
export class PageRoutes {
  readonly #recorded: RecordedRuntime;
  readonly #events: Events;
  /** By method and path. */
  readonly #routes: Readonly<Record<string, PageHandler>>;

  /**
   * Takes a sample each second until it is closed.
   *
   * @param recorded the runtime to show
   * @param proxy returns the URL that replayed requests are sent to
   */
  constructor(recorded: RecordedRuntime, proxy: () => URL) {
    const { archive } = recorded;
    this.#recorded = recorded;
    this.#events = new Events(recorded);
    this.#routes = {
      "GET /": () => ({
        type: "text/html; charset=UTF-8",
        text: LIVE_DOCUMENT,
        headers: { "content-security-policy": LIVE_POLICY },
      }),
      "GET /page.js": async () => ({ type: "text/javascript; charset=UTF-8", text: (await pageAssets()).script }),
      "GET /page.css": async () => ({ type: "text/css; charset=UTF-8", text: (await pageAssets()).style }),
      "GET /api/state": this.#gathered(() =>
        json({
          ...overviewOf(recorded),
          requests: archive.requests.all().map(summaryOf),
          samples: archive.series.samples,
        }),
      ),
      "GET /api/background": this.#gathered(() => json(recordingOf(recorded).background)),
      "GET /api/recording": this.#gathered(() => saved(json(recordingOf(recorded)), "json")),
      "GET /api/recording.html": this.#gathered(async () =>
        saved(
          { type: "text/html; charset=UTF-8", text: standalone(await pageAssets(), recordingOf(recorded)) },
          "html",
        ),
      ),
      "GET /api/events": (_req, res) => this.#listen(res),
      "POST /api/replay": (req) => this.#replay(req, proxy()),
      "POST /api/pause": (req) => this.#pause(req, (pause) => pause.set(true)),
      "POST /api/release": (req) => this.#pause(req, (pause) => pause.release()),
      "POST /api/continue": (req) => this.#pause(req, (pause) => pause.set(false)),
    };
  }

  /**
   * Finds the handler of a request.
   *
   * @param method its method
   * @param path its path without the query
   * @returns the handler, or undefined if there is no such route
   */
  find(method: string, path: string): PageHandler | undefined {
    const id = /^\/api\/requests\/(\d+)$/.exec(path)?.[1];
    if (id !== undefined && method === "GET") return () => this.#request(Number(id));
    return this.#routes[`${method} ${path}`];
  }

  /** Stops sampling and ends the connections of open pages. */
  close(): void {
    this.#events.close();
  }

  /** Makes a handler that first gathers what workers have recorded. */
  #gathered(answer: () => PageResponse | Promise<PageResponse>): PageHandler {
    return async () => {
      await this.#recorded.gather();
      return answer();
    };
  }

  #request(id: number): PageResponse {
    const record = this.#recorded.archive.requests.get(id);
    return record ? json(viewOf(record)) : json({ error: `request ${id} was not recorded, or was removed` }, 404);
  }

  #listen(res: ServerResponse): PageResponse | undefined {
    if (!this.#events.open(res)) return json({ error: "too many pages are open" }, 503);
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    res.flushHeaders();
    return undefined;
  }

  /** The content type keeps other sites' forms from sending it. */
  #pause(req: IncomingMessage, change: (pause: Pausing) => void): PageResponse {
    req.resume();
    const { pause } = this.#recorded;
    if (!isJson(req)) return NOT_JSON;
    if (!pause) return json({ error: "requests can't be held back here: with several workers, or over TCP" }, 409);
    change(pause);
    return json({ on: pause.on, waiting: pause.waiting });
  }

  async #replay(req: IncomingMessage, proxy: URL): Promise<PageResponse> {
    if (!isJson(req)) return NOT_JSON;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of req as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LONGEST) return json({ error: `more than ${LONGEST} bytes` }, 413);
      chunks.push(chunk);
    }
    try {
      const asked = parseReplay(Buffer.concat(chunks).toString());
      return json({ id: await replay(this.#recorded, proxy, asked) });
    } catch (error) {
      return json({ error: oneLine(error) }, error instanceof TypeError ? 400 : 502);
    }
  }
}
