import { borrow, Bytes, unborrow } from "./bytes";
import { receivedData, receivedLength, receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_register_shared_queue")
declare function proxy_register_shared_queue(name: usize, size: i32, queue: usize): Status;

/**
 * Registers a queue under this VM's id, or opens the one with that name; its token is then {@link receivedNumber}. For
 * each new item, `proxy_on_queue_ready(root, queue)` is called on the context that registered it.
 *
 * @param name the queue's name
 * @returns `Ok`. Specification, "proxy_register_shared_queue"
 */
export function registerQueue(name: Bytes): Status {
  return proxy_register_shared_queue(name.data, name.length, receivedNumberAt());
}

// @ts-ignore: decorator
@external("env", "proxy_resolve_shared_queue")
declare function proxy_resolve_shared_queue(vm: usize, vmSize: i32, name: usize, size: i32, queue: usize): Status;

/**
 * Finds another VM's queue; its token is then {@link receivedNumber}.
 *
 * @param vm the id of the VM that registered it; empty: this one's
 * @param name the queue's name
 * @returns `Ok`; `NotFound` if it is not registered yet. Specification, "proxy_resolve_shared_queue"
 */
export function resolveQueue(vm: Bytes, name: Bytes): Status {
  return proxy_resolve_shared_queue(vm.data, vm.length, name.data, name.length, receivedNumberAt());
}

// @ts-ignore: decorator
@external("env", "proxy_enqueue_shared_queue")
declare function proxy_enqueue_shared_queue(queue: u32, data: usize, size: i32): Status;

/**
 * Appends an item to a queue.
 *
 * @param queue its token
 * @param item text or {@link Bytes}
 * @returns `Ok`; `NotFound` for an unknown queue. Specification, "proxy_enqueue_shared_queue"
 */
export function enqueue<V>(queue: u32, item: V): Status {
  const bytes = borrow<V>(item);
  const status = proxy_enqueue_shared_queue(queue, bytes.data, bytes.length);
  unborrow<V>(bytes);
  return status;
}

// @ts-ignore: decorator
@external("env", "proxy_dequeue_shared_queue")
declare function proxy_dequeue_shared_queue(queue: u32, data: usize, size: usize): Status;

/**
 * Removes the first item of a queue, into {@link received}.
 *
 * @param queue its token
 * @returns `Ok`; `Empty` if there is none; `NotFound` for an unknown queue. Specification,
 *   "proxy_dequeue_shared_queue"
 */
export function dequeue(queue: u32): Status {
  return proxy_dequeue_shared_queue(queue, receivedData(), receivedLength());
}
