import { parameter, result } from "../../abi/parameters.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

const queue = parameter("queue", "u32");

/**
 * Registers a queue of this VM's id; `proxy_on_queue_ready` is called on the root context when something comes.
 *
 * @returns OK; INVALID_MEMORY_ACCESS
 */
const register = hostFunction(
  "proxy_register_shared_queue",
  [parameter("name", "text"), result("queue", "u32")],
  (vm) => (nameAt, nameSize, queueAt) => {
    const name = vm.memory.latin1(nameAt, nameSize);
    if (name === undefined) return Status.INVALID_MEMORY_ACCESS;
    const token = vm.services.sharedQueues.register(vm.id, name, vm.context.root);
    return vm.memory.writeU32(queueAt, token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
  },
);

/**
 * Finds a queue that was registered under a VM id (empty: this VM's own).
 *
 * @returns OK; NOT_FOUND; INVALID_MEMORY_ACCESS
 */
const resolve = hostFunction(
  "proxy_resolve_shared_queue",
  [parameter("vm_id", "text"), parameter("name", "text"), result("queue", "u32")],
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
 * Takes the oldest item off a queue.
 *
 * @returns OK; NOT_FOUND for an unknown queue; EMPTY; INVALID_MEMORY_ACCESS
 */
const dequeue = hostFunction(
  "proxy_dequeue_shared_queue",
  [queue, result("item", "bytes")],
  (vm) => (token, itemAt, sizeAt) => {
    const item = vm.services.sharedQueues.dequeue(token >>> 0);
    return typeof item === "number" ? item : vm.give(item, itemAt, sizeAt);
  },
);

/**
 * Puts an item at the end of a queue.
 *
 * @returns OK; NOT_FOUND for an unknown queue; INVALID_MEMORY_ACCESS
 */
const enqueue = hostFunction(
  "proxy_enqueue_shared_queue",
  [queue, parameter("item", "bytes")],
  (vm) => (token, itemAt, itemSize) => {
    const item = vm.memory.bytes(itemAt, itemSize);
    return item ? vm.services.sharedQueues.enqueue(token >>> 0, item) : Status.INVALID_MEMORY_ACCESS;
  },
);

export const sharedQueueFunctions = [register, resolve, dequeue, enqueue];
