import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Registers a queue of this VM's id; `proxy_on_queue_ready` is called on the root context when an item arrives.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const register = hostFunction(ENV_FUNCTIONS.proxy_register_shared_queue, (vm) => (nameAt, nameSize, queueAt) => {
  const name = vm.memory.latin1(nameAt, nameSize);
  if (name === undefined) return Status.INVALID_MEMORY_ACCESS;
  const token = vm.services.sharedQueues.register(vm.id, name, vm.context.root);
  return vm.memory.writeU32(queueAt, token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

/**
 * Finds a queue that was registered under a VM id (empty: this VM's own).
 *
 * @returns OK; NOT_FOUND; INVALID_MEMORY_ACCESS
 */
const resolve = hostFunction(
  ENV_FUNCTIONS.proxy_resolve_shared_queue,
  (vm) => (idAt, idSize, nameAt, nameSize, queueAt) => {
    const id = vm.memory.utf8(idAt, idSize);
    const name = vm.memory.latin1(nameAt, nameSize);
    if (id === undefined || name === undefined) return Status.INVALID_MEMORY_ACCESS;
    const token = vm.services.sharedQueues.resolve(id || vm.id, name);
    if (token === undefined) return Status.NOT_FOUND;
    return vm.memory.writeU32(queueAt, token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
  },
);

/**
 * Removes and returns the oldest item of a queue.
 *
 * @returns OK; NOT_FOUND for an unknown queue; EMPTY; INVALID_MEMORY_ACCESS
 */
const dequeue = hostFunction(ENV_FUNCTIONS.proxy_dequeue_shared_queue, (vm) => (token, itemAt, sizeAt) => {
  const item = vm.services.sharedQueues.dequeue(token >>> 0);
  return typeof item === "number" ? item : vm.give(item, itemAt, sizeAt);
});

/**
 * Appends an item to a queue.
 *
 * @returns OK; NOT_FOUND for an unknown queue; INVALID_MEMORY_ACCESS
 */
const enqueue = hostFunction(ENV_FUNCTIONS.proxy_enqueue_shared_queue, (vm) => (token, itemAt, itemSize) => {
  const item = vm.memory.bytes(itemAt, itemSize);
  return item ? vm.services.sharedQueues.enqueue(token >>> 0, item) : Status.INVALID_MEMORY_ACCESS;
});

export const sharedQueueFunctions = [register, resolve, dequeue, enqueue];
