import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Delivers the configurations of Envoy's filters: extension config discovery over REST. Each poll is held until there is a new version. */
export interface Discovery {
  readonly url: URL;
  /**
   * Delivers a new version of a resource.
   *
   * @returns whether Envoy accepted it
   */
  deliver(name: string, resource: object): Promise<boolean>;
  close(): Promise<void>;
}

/** What Envoy asks (xDS protocol, DiscoveryRequest): the version it has, and why it refused the last one if it did. */
interface Poll {
  readonly version_info?: string;
  readonly resource_names?: readonly string[];
  readonly error_detail?: unknown;
}

/** One resource, and the poll that waits for it. */
interface Slot {
  resource: object;
  version: number;
  /** The version that the last answer held. */
  sent?: number;
  held?: ServerResponse;
  verdict?: (taken: boolean) => void;
}

/**
 * Starts a discovery server on a free port of 127.0.0.1.
 *
 * @param resources the first versions, by name
 */
export async function startDiscovery(resources: ReadonlyMap<string, object>): Promise<Discovery> {
  const slots = new Map<string, Slot>([...resources].map(([name, resource]) => [name, { resource, version: 1 }]));
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (req, res) => void poll(slots, req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    deliver: (name, resource) =>
      new Promise((resolve) => {
        const slot = slots.get(name) as Slot;
        Object.assign(slot, { resource, version: slot.version + 1, verdict: resolve });
        if (slot.held) answer(slot, slot.held);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function poll(slots: ReadonlyMap<string, Slot>, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const { resource_names, error_detail } = JSON.parse(Buffer.concat(chunks).toString()) as Poll;
  const slot = slots.get(resource_names?.[0] ?? "");
  if (!slot) {
    res.writeHead(404).end();
  } else if (slot.sent === slot.version) {
    slot.held = res;
    slot.verdict?.(error_detail === undefined);
    delete slot.verdict;
  } else {
    answer(slot, res);
  }
}

function answer(slot: Slot, res: ServerResponse): void {
  slot.sent = slot.version;
  delete slot.held;
  const body = Buffer.from(JSON.stringify({ version_info: String(slot.version), resources: [slot.resource] }));
  res.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
}
