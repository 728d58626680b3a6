import { bytesOf, encodeUtf8 } from "./encode.ts";
import type { Host, Result } from "./host.ts";
import { calling, HostFunction } from "./host-call.ts";
import { bytesFrom, numberOf, statusOf } from "./results.ts";
import { Status } from "./status.ts";

/** A value that VMs share, and its compare-and-swap number. */
export interface Shared {
  readonly bytes: Uint8Array;
  readonly cas: number;
}

/**
 * Reads a value that all VMs with the same VM id share, on all threads (`proxy_get_shared_data`).
 *
 * @returns NotFound if it was never written
 */
export function getSharedData(host: Host, key: string): Result<Shared> {
  const [status, cas, bytes] = calling(host).hostCall(HostFunction.GetSharedData, 0, 0, encodeUtf8(key));
  return status === Status.Ok ? { status, value: { bytes, cas } } : ({ status } as Result<Shared>);
}

/**
 * Writes a value that all VMs with the same VM id share (`proxy_set_shared_data`).
 *
 * @param cas the number of the value that was read, so that no other change is lost; 0: write in any case
 * @returns CasMismatch if it was written since: read it again
 */
export function setSharedData(host: Host, key: string, value: string | Uint8Array, cas = 0): Status {
  return statusOf(calling(host).hostCall(HostFunction.SetSharedData, cas, 0, encodeUtf8(key), bytesOf(value)));
}

/** Creates a queue of this VM id, whose `onQueueReady` is called in this plugin; the queue's number (`proxy_register_shared_queue`). */
export function registerQueue(host: Host, name: string): Result<number> {
  return numberOf(calling(host).hostCall(HostFunction.RegisterSharedQueue, 0, 0, encodeUtf8(name)));
}

/** Finds a queue that another VM has created (`proxy_resolve_shared_queue`); NotFound until it has. */
export function resolveQueue(host: Host, vmId: string, name: string): Result<number> {
  const { hostCall } = calling(host);
  return numberOf(hostCall(HostFunction.ResolveSharedQueue, 0, 0, encodeUtf8(vmId), encodeUtf8(name)));
}

/** Takes the first item of a queue (`proxy_dequeue_shared_queue`). Empty if there is none, NotFound if there is no such queue. */
export function dequeue(host: Host, queue: number): Result<Uint8Array> {
  return bytesFrom(calling(host).hostCall(HostFunction.DequeueSharedQueue, queue, 0));
}

/** Puts an item at the end of a queue (`proxy_enqueue_shared_queue`). NotFound if there is no such queue. */
export function enqueue(host: Host, queue: number, item: string | Uint8Array): Status {
  return statusOf(calling(host).hostCall(HostFunction.EnqueueSharedQueue, queue, 0, bytesOf(item)));
}
