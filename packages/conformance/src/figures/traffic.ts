import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { Failure } from "@wasm-header-filter/cli";

/** Requests over the loopback with a bounded number under way. */
export interface Traffic {
  /** What answers them all. */
  readonly upstream: URL;
  /**
   * Sends requests and waits for their answers.
   *
   * @param added how many response headers the filter adds
   * @throws Failure if an answer isn't the upstream's with the filter's headers
   */
  send(url: URL, count: number, headers: Record<string, string>, added: number): Promise<void>;
  close(): Promise<void>;
}

const UNDER_WAY = 8;

/** Starts the upstream; the client keeps its connections. */
export async function startTraffic(): Promise<Traffic> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": 2 }).end("{}");
  });
  // Where Envoy is stepped through, seconds pass between two requests.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: UNDER_WAY });

  const one = (url: URL, headers: Record<string, string>, added: number) =>
    new Promise<void>((resolve, reject) => {
      const request = get(url, { agent, headers }, (response) => {
        response.resume().on("end", () => {
          const got = Object.keys(response.headers).filter((name) => name.startsWith("header_")).length;
          if (response.statusCode === 200 && got === added) resolve();
          else reject(new Failure(`${url}: expected 200 and ${added} headers, got ${response.statusCode} and ${got}`));
        });
      });
      request.on("error", reject);
    });

  return {
    upstream: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async send(url, count, headers, added) {
      let left = count;
      const worker = async () => {
        while (left-- > 0) await one(url, headers, added);
      };
      await Promise.all(Array.from({ length: UNDER_WAY }, worker));
    },
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
