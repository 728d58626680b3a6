import {
  Action,
  BufferType,
  Bytes,
  Contexts,
  Counter,
  EMPTY,
  getBuffer,
  getSharedData,
  log,
  LogLevel,
  make,
  received,
  receivedNumber,
  sendLocalResponse,
  setSharedData,
  setTickPeriod,
  Status,
  Writer,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const KEY = Bytes.ascii("rate-limit.left");
const BODY = Bytes.ascii("too many requests\n");
const DETAILS = Bytes.ascii("rate_limited");
const limited = Counter.named("rate_limited");
const value = make<Writer>();

/** The number of requests that may pass in a period. */
class Limit {
  constructor(public requests: u32) {}
}

const limits = new Contexts<Limit>();

export function proxy_on_context_create(id: u32, parent: u32): void {
  limits.create(id, parent);
}

/** Reads a configuration of two numbers: requests, and the period in milliseconds. */
export function proxy_on_configure(id: u32, size: u32): bool {
  if (!size || getBuffer(BufferType.PluginConfiguration, 0, size) != Status.Ok) return refuse();
  const words = received.text().split(" ");
  const period = words.length == 2 ? <u32>parseInt(words[1]) : 0;
  if (!period) return refuse();
  limits.set(id, new Limit(<u32>parseInt(words[0])));
  if (limited.define() != Status.Ok || setTickPeriod(period) != Status.Ok) return false;
  refill(id);
  return true;
}

function refuse(): bool {
  log(LogLevel.Error, "rate-limit: configuration refused: expected REQUESTS MILLISECONDS, such as 100 1000");
  return false;
}

/** Starts a new period. The VM of each worker has its own timer, and all write the same value. */
export function proxy_on_tick(root: u32): void {
  refill(root);
}

function refill(root: u32): void {
  const limit = limits.of(root);
  if (limit) setSharedData(KEY, value.clear().u32(limit.requests));
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  if (take()) return Action.Continue;
  limited.add(1);
  sendLocalResponse(429, BODY, EMPTY, DETAILS);
  return Action.Pause;
}

/** Uses up one of the remaining requests, if there is one. */
function take(): bool {
  let status: Status;
  do {
    if (getSharedData(KEY) != Status.Ok) return true;
    const left = load<u32>(received.data);
    if (!left) return false;
    // Another worker may have written first: then read again.
    status = setSharedData(KEY, value.clear().u32(left - 1), <u32>receivedNumber());
  } while (status == Status.CasMismatch);
  return true;
}

export function proxy_on_delete(id: u32): void {
  limits.delete(id);
}
