// What the tests want to know of the SDK: each export makes one use of it, and tells by what it returns or sends to the
// host.
import {
  addHeader,
  appendStatus,
  BufferType,
  Bytes,
  callForeignFunction,
  Calls,
  Contexts,
  Counter,
  dequeue,
  enqueue,
  Errno,
  Gauge,
  getBuffer,
  getBufferSize,
  getHeader,
  getHeaders,
  getMonotonicTime,
  getProperty,
  getRandom,
  getSharedData,
  getStatus,
  getTime,
  getVariable,
  grpcCall,
  grpcCancel,
  grpcClose,
  grpcSend,
  grpcStream,
  HeaderMap,
  Histogram,
  httpCall,
  log,
  LogLevel,
  make,
  PairReader,
  Pairs,
  received,
  receivedNumber,
  registerQueue,
  release,
  resolveQueue,
  sendLocalResponse,
  setBuffer,
  setHeaders,
  setSharedData,
  setTickPeriod,
  Status,
  Writer,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const NAME = Bytes.ascii("x-name");
const line = make<Writer>();

/** Gets a header and logs its status and value. */
export function get(): void {
  const status = getHeader(HeaderMap.RequestHeaders, NAME);
  line.clear();
  appendStatus(line, status);
  log(LogLevel.Info, line.byte(0x20).decimal(received.length).byte(0x20).bytesOf(received));
}

/** Sends back what a header holds, without a copy. */
export function echo(): void {
  getHeader(HeaderMap.RequestHeaders, NAME);
  addHeader(HeaderMap.ResponseHeaders, NAME, received);
}

export function logText(): void {
  log(LogLevel.Warn, "é 😀 \ud800!");
}

export function statusName(status: u32): void {
  line.clear();
  appendStatus(line, status);
  log(LogLevel.Info, line);
}

/** Reads all headers and sends them back in capitals' stead with `x-` in front. */
export function rename(): void {
  getHeaders(HeaderMap.RequestHeaders);
  const pairs = Pairs.make();
  reader.read(received);
  while (reader.next()) {
    line.clear().ascii("x-").bytesOf(reader.name);
    pairs.add(line, reader.value);
  }
  setHeaders(HeaderMap.RequestHeaders, pairs.add("added", "last").bytes());
  pairs.free();
}

const reader = make<PairReader>();

export function answer(): void {
  const headers = Pairs.make().add("a", "1");
  sendLocalResponse(418, "short and stout", headers.bytes(), NAME, 7);
  headers.free();
}

export function answerPlainly(): void {
  sendLocalResponse(204, "");
}

export function body(): void {
  getBufferSize(BufferType.RequestBody);
  const size = <u32>receivedNumber();
  getBuffer(BufferType.RequestBody, 1, size - 2);
  setBuffer(BufferType.RequestBody, 0, size, received);
}

export function property(): void {
  getProperty(PORT);
  line.clear();
  log(LogLevel.Info, line.decimal(received.integer()));
}

const PORT = Bytes.ascii("source\0port");

const counter = Counter.named("c");
const gauge = Gauge.named("g");
const histogram = Histogram.named("h");

export function metrics(): u32 {
  if (counter.define() != Status.Ok || gauge.define() != Status.Ok || histogram.define() != Status.Ok) return 0;
  counter.add(2);
  gauge.set(5);
  gauge.add(-3);
  histogram.record(9);
  gauge.get();
  return <u32>receivedNumber();
}

class State {
  constructor(public text: string) {}
}

const contexts = new Contexts<State>();

export function create(id: u32, parent: u32): void {
  contexts.create(id, parent);
}

export function name(id: u32, number: u32): void {
  contexts.set(id, new State("state " + number.toString()));
}

export function remove(id: u32): void {
  contexts.delete(id);
}

/** Logs a context's state. */
export function state(id: u32): void {
  const state = contexts.of(id);
  log(LogLevel.Info, state ? state.text : "none");
}

/** Makes garbage, so that an object that nothing holds is collected. */
export function churn(): void {
  for (let i = 0; i < 20_000; i++) new State("garbage " + i.toString());
}

export function compare(): bool {
  const text = Bytes.of("one two one");
  const two = Bytes.ascii("two");
  const part = text.keep(4, 7);
  const good =
    part.equals(two) && text.indexOf(two) == 4 && text.indexOf(part, 5) == -1 && text.startsWith(text) &&
    !two.startsWith(text) && text.text() == "one two one" && text.bytes().length == 11 && text[2] == 0x65;
  text.free();
  two.free();
  part.free();
  return good;
}

export function giveBack(): void {
  release();
}

export function fail(): void {
  throw new Error("on purpose");
}

const calls = new Calls();
const request = Pairs.make().add(":method", "GET").bytes();

/** Makes a call-out from a context; the host's token is noted with it. */
export function call(context: u32): u32 {
  const status = httpCall(NAME, request, "question", 250, request);
  if (status == Status.Ok) calls.add(<u32>receivedNumber(), context);
  return status;
}

export function waits(token: u32): u32 {
  return calls.of(token);
}

export function answered(token: u32): u32 {
  return calls.take(token);
}

/** Reads what is shared, and writes one more than that. */
export function share(): u32 {
  getSharedData(NAME);
  return setSharedData(NAME, line.clear().decimal(received.length + 1), <u32>receivedNumber());
}

export function queue(): void {
  registerQueue(NAME);
  resolveQueue(NAME, NAME);
  enqueue(<u32>receivedNumber(), "item");
  dequeue(<u32>receivedNumber());
}

export function time(): u64 {
  setTickPeriod(250);
  getTime();
  return receivedNumber();
}

export function grpc(): void {
  grpcCall(NAME, NAME, NAME, "question", 250, request);
  const token = <u32>receivedNumber();
  grpcStream(NAME, NAME, NAME, request);
  grpcSend(token, "more");
  grpcSend(token, "last", true);
  grpcClose(token);
  grpcCancel(token);
  getStatus();
  line.clear().decimal(receivedNumber()).byte(0x20).bytesOf(received);
  log(LogLevel.Info, line);
}

export function foreign(): u32 {
  const status = callForeignFunction(NAME, "arguments");
  log(LogLevel.Info, received);
  return status;
}

export function random(): u32 {
  const errno = getRandom(70_000);
  addHeader(HeaderMap.RequestHeaders, NAME, received);
  return errno;
}

export function monotonic(): u64 {
  return getMonotonicTime() == Errno.Success ? receivedNumber() : 0;
}

/** Logs an environment variable. */
export function variable(): u32 {
  const status = getVariable(NAME);
  log(LogLevel.Info, received);
  return status;
}
