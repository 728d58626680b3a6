import { Metrics, type QueueListener, SharedData, SharedQueues, type SharedState } from "proxy-wasm-host";

/** How many metrics workers can share. */
const MAX_METRICS = 65_536;

/** The memory of the counters and gauges that workers share. */
export const metricCells = (): BigUint64Array<SharedArrayBuffer> =>
  new BigUint64Array(new SharedArrayBuffer(MAX_METRICS * BigUint64Array.BYTES_PER_ELEMENT));

/** The state of a host whose VMs run in workers; the main thread has it. */
export const sharedState = (cells: BigUint64Array): SharedState => ({
  metrics: new Metrics(cells),
  sharedData: new SharedData(),
  sharedQueues: new SharedQueues(),
});

/** The calls that a worker can make to the main thread. */
export type SharedCalls = ReturnType<typeof sharedCalls>["calls"];

/**
 * Answers one worker's calls to the shared state.
 *
 * @param ready tells the worker that a queue of one of its listeners has an item
 * @returns the calls, and a function that removes the worker's listeners
 */
export function sharedCalls(
  { metrics, sharedData, sharedQueues }: SharedState,
  ready: (listener: number, token: number) => void,
) {
  const listeners = new Map<number, QueueListener>();
  const listenerOf = (id: number) => {
    const listener = listeners.get(id) ?? { queueReady: (token: number) => ready(id, token) };
    listeners.set(id, listener);
    return listener;
  };
  const calls = {
    openMetric: (type: number, name: string) => metrics.open(type, name).at,
    recordSample: (type: number, name: string, sample: bigint) => metrics.open(type, name).histogram?.record(sample),
    getData: (vmId: string, key: string): { value: Uint8Array; cas: number } | undefined => sharedData.get(vmId, key),
    setData: (vmId: string, key: string, value: Uint8Array, cas: number) => sharedData.set(vmId, key, value, cas),
    registerQueue: (vmId: string, name: string, listener: number | undefined) =>
      sharedQueues.register(vmId, name, listener === undefined ? undefined : listenerOf(listener)),
    leaveQueues: (id: number) => {
      const listener = listeners.get(id);
      if (listener) sharedQueues.leave(listener);
      listeners.delete(id);
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
