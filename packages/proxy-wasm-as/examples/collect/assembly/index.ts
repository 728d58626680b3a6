import {
  Action,
  BufferType,
  Bytes,
  Contexts,
  Counter,
  dequeue,
  enqueue,
  getBuffer,
  getHeader,
  HeaderMap,
  log,
  LogLevel,
  received,
  receivedNumber,
  registerQueue,
  resolveQueue,
  Status,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const QUEUE = Bytes.ascii("paths");
const PATH = Bytes.ascii(":path");
const COLLECT = Bytes.ascii("collect");
const SEND_TO = Bytes.ascii("send to ");
const collected = Counter.named("collected_paths");

/** The queue that a sender writes to. */
class Sender {
  /** The queue's token; 0 until it is found. */
  queue: u32 = 0;

  constructor(public vm: Bytes) {}
}

const senders = new Contexts<Sender>();

export function proxy_on_context_create(id: u32, parent: u32): void {
  senders.create(id, parent);
}

/** Reads the configuration `collect`, or `send to VM` with the collector's VM id. */
export function proxy_on_configure(id: u32, size: u32): bool {
  if (size && getBuffer(BufferType.PluginConfiguration, 0, size) == Status.Ok) {
    if (received.equals(COLLECT)) return collected.define() == Status.Ok && registerQueue(QUEUE) == Status.Ok;
    if (received.startsWith(SEND_TO)) {
      const old = senders.set(id, new Sender(received.keep(SEND_TO.length)));
      if (old) old.vm.free();
      return true;
    }
  }
  log(LogLevel.Error, "collect: configuration refused: expected `collect`, or `send to VM` with the collector's VM id");
  return false;
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  const sender = senders.of(id);
  if (!sender) return Action.Continue;
  // The collector may start later than this filter.
  if (!sender.queue && resolveQueue(sender.vm, QUEUE) == Status.Ok) sender.queue = <u32>receivedNumber();
  if (sender.queue && getHeader(HeaderMap.RequestHeaders, PATH) == Status.Ok) enqueue(sender.queue, received);
  return Action.Continue;
}

/** Reads all items: one call may stand for several. */
export function proxy_on_queue_ready(root: u32, queue: u32): void {
  while (dequeue(queue) == Status.Ok) {
    collected.add(1);
    log(LogLevel.Info, received);
  }
}

export function proxy_on_delete(id: u32): void {
  const sender = senders.delete(id);
  if (sender) sender.vm.free();
}
