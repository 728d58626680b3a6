import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A running upstream. */
export interface Upstream {
  readonly url: URL;
  close(): Promise<void>;
}

/**
 * Starts a workload that answers `/headers` and `/status/CODE` as httpbin does, on a free port of the loopback interface.
 *
 * @returns its address, and a function that stops it
 */
export async function startUpstream(): Promise<Upstream> {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://upstream");
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Access-Control-Allow-Credentials", "true");
  if (pathname === "/headers") {
    response.setHeader("Content-Type", "application/json");
    response.end(`${JSON.stringify({ headers: seen(request) }, null, 2)}\n`);
    return;
  }
  const status = Number(/^\/status\/([2-5]\d\d)$/.exec(pathname)?.[1] ?? 404);
  response.writeHead(status).end();
}

/** A request's headers as httpbin shows them: by name, in title case, repeated ones joined by a comma. */
function seen(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headersDistinct).map(([name, values]): [string, string] => [
    name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
    (values ?? []).join(","),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
