import type { IncomingMessage, ServerResponse } from "node:http";
import { oneLine } from "@wasm-header-filter/cli";
import { summaryOf, viewOf } from "../archive/view.ts";
import { pageAssets } from "./assets.ts";
import { LIVE_DOCUMENT, LIVE_POLICY, standalone } from "./document.ts";
import { Events } from "./events.ts";
import { overviewOf, type Recorded, recordingOf } from "./recording-of.ts";
import { parseReplay, replay } from "./replay.ts";

/** What is answered at once. */
export interface Answer {
  readonly status?: number;
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request; undefined if it has seen to the answer itself. */
export type Route = (req: IncomingMessage, res: ServerResponse) => Answer | undefined | Promise<Answer | undefined>;

/** How long a request to be replayed may be, in bytes. */
const LONGEST = 1024 * 1024;

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: "application/json",
  text: JSON.stringify(value),
});

const saved = (answer: Answer, extension: string): Answer => ({
  ...answer,
  headers: { "content-disposition": `attachment; filename="filter-host-recording.${extension}"` },
});

/** The page, and what it asks: `METHOD PATH` to what answers. */
export class PageRoutes {
  readonly #recorded: Recorded;
  readonly #events: Events;
  readonly #routes: Readonly<Record<string, Route>>;

  /** @param proxy tells where replayed requests go */
  constructor(recorded: Recorded, proxy: () => URL) {
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
          requests: archive.exchanges.all().map(summaryOf),
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
    };
  }

  /** What answers a path, by method. */
  find(method: string, path: string): Route | undefined {
    const id = /^\/api\/requests\/(\d+)$/.exec(path)?.[1];
    if (id !== undefined && method === "GET") return () => this.#request(Number(id));
    return this.#routes[`${method} ${path}`];
  }

  close(): void {
    this.#events.close();
  }

  /** Answers once everything that is recorded is at hand. */
  #gathered(answer: () => Answer | Promise<Answer>): Route {
    return async () => {
      await this.#recorded.gather();
      return answer();
    };
  }

  #request(id: number): Answer {
    const record = this.#recorded.archive.exchanges.get(id);
    return record ? json(viewOf(record)) : json({ error: `request ${id} is not recorded, or no longer` }, 404);
  }

  #listen(res: ServerResponse): Answer | undefined {
    if (!this.#events.open(res)) return json({ error: "too many pages are open" }, 503);
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    res.flushHeaders();
    return undefined;
  }

  async #replay(req: IncomingMessage, proxy: URL): Promise<Answer> {
    if (!/^application\/json\b/.test(req.headers["content-type"] ?? "")) {
      return json({ error: "expected content-type application/json" }, 415);
    }
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
