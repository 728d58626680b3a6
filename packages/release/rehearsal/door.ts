import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a request: the connection is dropped, cut in the middle of the upload, or answered with an error. */
export type Fault = "drop" | "cut" | 403 | 503;

/** A way to a registry that can be made to fail. */
export interface Door {
  readonly host: string;
  readonly url: string;
  /** Asked for each request that changes something, with its number since {@link Door.reset}; what it returns happens. */
  fault: (change: string, number: number) => Fault | undefined;
  /** Whether every request is dropped. */
  closed: boolean;
  /** Method and path of each request that changed something. */
  readonly changes: string[];
  /** Opens the door and forgets the changes. */
  reset(): void;
  close(): Promise<void>;
}

/** Stands in front of a registry on this machine. */
export async function openDoor(to: string): Promise<Door> {
  const { hostname, port } = new URL(to);
  const server = createServer((incoming, outgoing) => {
    const change = /^(PUT|POST|PATCH|DELETE)$/.test(incoming.method ?? "") && `${incoming.method} ${incoming.url}`;
    const number = change ? door.changes.push(change) - 1 : 0;
    const fault = door.closed ? "drop" : change ? door.fault(change, number) : undefined;
    if (fault === "drop") return void incoming.socket.destroy();
    if (typeof fault === "number") return void outgoing.writeHead(fault).end();
    pass(incoming, outgoing, { hostname, port }, fault === "cut");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const door: Door = {
    host,
    url: `http://${host}`,
    fault: () => undefined,
    closed: false,
    changes: [],
    reset() {
      door.fault = () => undefined;
      door.closed = false;
      door.changes.length = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return door;
}

/** Passes a request on; a cut one ends after its first bytes, for both sides. */
function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  to: { hostname: string; port: string },
  cut: boolean,
): void {
  const { method, url, headers } = incoming;
  const there = forward({ ...to, path: url, method, headers });
  there.on("response", (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
  });
  there.on("error", () => incoming.socket.destroy());
  if (!cut) return void incoming.pipe(there);
  incoming.once("data", (chunk: Buffer) => {
    there.write(chunk.subarray(0, 1), () => {
      there.destroy();
      incoming.socket.destroy();
    });
  });
  incoming.once("end", () => incoming.socket.destroy());
}
