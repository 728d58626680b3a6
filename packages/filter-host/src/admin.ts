import { createServer, type Server } from "node:http";
import type { Runtime } from "./runtime.ts";

/** Names under which a browser may ask: others could be an attacker's name that points here (DNS rebinding). */
const LOCAL_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

interface Page {
  readonly type: string;
  readonly text: (runtime: Runtime) => string;
}

const TEXT = "text/plain; charset=UTF-8";

const PAGES: Readonly<Record<string, Page>> = {
  "/": { type: "text/html; charset=UTF-8", text: overview },
  "/ready": { type: TEXT, text: () => "LIVE\n" },
  "/stats": {
    type: TEXT,
    text: (runtime) => [...runtime.counters()].map(([name, value]) => `wasmcustom.${name}: ${value}\n`).join(""),
  },
  "/stats/prometheus": { type: TEXT, text: (runtime) => runtime.stats() },
};

/**
 * The admin server: `/stats/prometheus` and `/stats` as Envoy prints custom metrics, `/ready`, and a plain page at `/`.
 *
 * @param runtime whose state it shows
 * @param host the name or address it listens on, which browsers may use too
 */
export function createAdmin(runtime: Runtime, host: string): Server {
  return createServer((req, res) => {
    const name = (req.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const { pathname } = new URL(req.url ?? "/", "http://admin");
    const page = PAGES[pathname];
    const answer = (status: number, type: string, text: string) => {
      res.writeHead(status, {
        "content-type": type,
        "cache-control": "no-cache, max-age=0",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      });
      res.end(req.method === "HEAD" ? undefined : text);
    };
    if (!LOCAL_NAMES.has(name) && name !== host.toLowerCase()) {
      answer(403, TEXT, `not a name of this host: ${JSON.stringify(name)}; ask by localhost or its address\n`);
    } else if (!page) {
      answer(404, TEXT, `nothing here; there are ${Object.keys(PAGES).join(", ")}\n`);
    } else if (req.method !== "GET" && req.method !== "HEAD") {
      answer(405, TEXT, "only GET\n");
    } else {
      answer(200, page.type, page.text(runtime));
    }
  });
}

const html = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function overview(runtime: Runtime): string {
  const rows = runtime.plugins.map(
    ({ name, state, error, memoryPages }) =>
      `<tr><td>${html(name)}</td><td>${state}</td><td>${memoryPages}</td><td>${html(error ?? "")}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>filter-host</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}td,th{padding:.2rem 1rem .2rem 0;text-align:left}</style>
<h1>filter-host</h1>
<table>
<thead><tr><th>Plugin</th><th>State</th><th>Memory pages</th><th>Error</th></tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table>
<h2>Metrics</h2>
<pre>${html(runtime.stats())}</pre>
<p><a href="/stats/prometheus">/stats/prometheus</a> <a href="/stats">/stats</a> <a href="/ready">/ready</a></p>
</html>
`;
}
