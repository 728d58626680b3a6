import { Metrics, type QueueListener, SharedData, SharedQueues, type SharedState } from "proxy-wasm-host";

/** How many metrics there may be where threads share them. */
const MOST_METRICS = 65_536;

/** Where threads keep counters and gauges. */
export const metricCells = (): BigUint64Array<SharedArrayBuffer> =>
  new BigUint64Array(new SharedArrayBuffer(MOST_METRICS * BigUint64Array.BYTES_PER_ELEMENT));

/** The state of a host whose VMs run in threads; the main thread has it. */
export const sharedState = (cells: BigUint64Array): SharedState => ({
  metrics: new Metrics(cells),
  sharedData: new SharedData(),
  sharedQueues: new SharedQueues(),
});

/** What a thread may ask of the main one. */
export type SharedCalls = ReturnType<typeof sharedCalls>["calls"];

/**
 * Answers what one thread asks of the shared state.
 *
 * @param ready tells the thread that something has come for a listener of its own
 * @returns the answers, and what forgets the thread
 */
export function sharedCalls(
  { metrics, sharedData, sharedQueues }: SharedState,
  ready: (listener: number, token: number) => void,
) {
  const listeners = new Map<number, QueueListener>();
  const listenerOf = (id: number) => {
    const known = listeners.get(id) ?? { queueReady: (token: number) => ready(id, token) };
    listeners.set(id, known);
    return known;
  };
  const calls = {
    openMetric: (type: number, name: string) => metrics.open(type, name).at,
    recordSample: (type: number, name: string, sample: bigint) => metrics.open(type, name).histogram?.record(sample),
    getData: (vmId: string, key: string): { value: Uint8Array; cas: number } | undefined => sharedData.get(vmId, key),
    setData: (vmId: string, key: string, value: Uint8Array, cas: number) => sharedData.set(vmId, key, value, cas),
    registerQueue: (vmId: string, name: string, listener: number | undefined) =>
      sharedQueues.register(vmId, name, listener === undefined ? undefined : listenerOf(listener)),
    leaveQueues: (listener: number) => {
      const known = listeners.get(listener);
      if (known) sharedQueues.leave(known);
      listeners.delete(listener);
    },
    resolveQueue: (vmId: string, name: string) => sharedQueues.resolve(vmId, name),
    enqueue: (token: number, item: Uint8Array) => sharedQueues.enqueue(token, item),
    dequeue: (token: number) => sharedQueues.dequeue(token),
  };
  const forget = () => {
    for (const listener of listeners.values()) sharedQueues.leave(listener);
  };
  return { calls, forget };
}
