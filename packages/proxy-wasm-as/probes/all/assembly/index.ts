// A filter for the SDK's tests: each request makes one use of the SDK, which its header `x-probe` names.
import {
  Action,
  addHeader,
  appendStatus,
  BufferType,
  Bytes,
  callForeignFunction,
  Calls,
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
  setProperty,
  setSharedData,
  setTickPeriod,
  Status,
  Writer,
} from "proxy-wasm-as";
import { churn, create, live, name as nameState, remove, state } from "./states";

export * from "proxy-wasm-as/abi";

const PROBE = Bytes.ascii("request\0headers\0x-probe");
const RETURNED = Bytes.ascii("x-returned");
const NAME = Bytes.ascii("x-name");
const line = make<Writer>();

/** Makes the use that `x-probe` names, with up to two numbers, and sends what it returns as `x-returned`. */
export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  getProperty(PROBE);
  const words = received.text().split(" ");
  const first = words.length > 1 ? <i32>parseInt(words[1]) : 0;
  const second = words.length > 2 ? <i32>parseInt(words[2]) : 0;
  const returned = use(words[0], first, second);
  if (words[0].startsWith("answer")) return Action.Pause;
  addHeader(HeaderMap.RequestHeaders, RETURNED, returned.toString());
  return Action.Continue;
}

function use(name: string, first: u32, second: u32): u64 {
  if (name == "get") get();
  else if (name == "echo") echo();
  else if (name == "giveBack") release();
  else if (name == "logText") logText();
  else if (name == "statusName") statusName(first);
  else if (name == "rename") rename();
  else if (name == "answer") answer();
  else if (name == "answerPlainly") answerPlainly();
  else if (name == "property") property();
  else if (name == "metrics") return metrics();
  else if (name == "create") create(first, second);
  else if (name == "name") nameState(first, second);
  else if (name == "remove") remove(first);
  else if (name == "state") state(first);
  else if (name == "live") live(first, second);
  else if (name == "churn") churn();
  else if (name == "compare") return compare();
  else if (name == "fail") throw new Error("on purpose");
  else if (name == "call") return call(first);
  else if (name == "share") return share();
  else if (name == "queue") queue();
  else if (name == "time") return time();
  else if (name == "grpc") grpc();
  else if (name == "grpcToNobody") return grpcCall(NOBODY, NAME, NAME, "question", 250);
  else if (name == "foreign") return foreign();
  else if (name == "random") return random(first);
  else if (name == "monotonic") return monotonic();
  else if (name == "variable") return variable();
  return 0;
}

/** Gets a header and logs its status and value. */
function get(): void {
  const status = getHeader(HeaderMap.RequestHeaders, NAME);
  line.clear();
  appendStatus(line, status);
  log(LogLevel.Info, line.byte(0x20).decimal(received.length).byte(0x20).bytesOf(received));
}

/** Sends on what a header holds, without a copy. */
export function echo(): void {
  getHeader(HeaderMap.RequestHeaders, NAME);
  addHeader(HeaderMap.RequestHeaders, ECHO, received);
}

const ECHO = Bytes.ascii("x-echo");

function logText(): void {
  log(LogLevel.Warn, "é 😀 \ud800!");
}

function statusName(status: u32): void {
  line.clear();
  appendStatus(line, status);
  log(LogLevel.Info, line);
}

/** Puts `x-` before the names of all headers, and adds one. */
function rename(): void {
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

function answer(): void {
  const headers = Pairs.make().add("a", "1");
  sendLocalResponse(418, "short and stout", headers.bytes(), NAME, 7);
  headers.free();
}

function answerPlainly(): void {
  sendLocalResponse(204, "");
}

/** Takes the first and the last byte off a body. */
export function proxy_on_request_body(id: u32, size: u32, endOfStream: bool): Action {
  if (!size) return Action.Continue;
  getBufferSize(BufferType.RequestBody);
  size = <u32>receivedNumber();
  getBuffer(BufferType.RequestBody, 1, size - 2);
  setBuffer(BufferType.RequestBody, 0, size, received);
  return Action.Continue;
}

function property(): void {
  setProperty(NUMBER, MINUS_FIVE);
  getProperty(NUMBER);
  line.clear();
  log(LogLevel.Info, line.decimal(received.integer()));
}

const NUMBER = Bytes.ascii("number");
const MINUS_FIVE = make<Writer>().byte(0xfb).byte(0xff).byte(0xff).byte(0xff).byte(0xff).byte(0xff).byte(0xff).byte(0xff);

const counter = Counter.named("c");
const gauge = Gauge.named("g");
const histogram = Histogram.named("h");

function metrics(): u32 {
  if (counter.define() != Status.Ok || gauge.define() != Status.Ok || histogram.define() != Status.Ok) return 0;
  counter.add(2);
  gauge.set(5);
  gauge.add(-3);
  histogram.record(9);
  gauge.get();
  return <u32>receivedNumber();
}

function compare(): bool {
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

const calls = new Calls();
const request = Pairs.make().add(":method", "GET").add(":path", "/").add(":authority", "h").bytes();

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
function share(): u32 {
  getSharedData(NAME);
  return setSharedData(NAME, line.clear().decimal(received.length + 1), <u32>receivedNumber());
}

function queue(): void {
  registerQueue(NAME);
  resolveQueue(NAME, NAME);
  enqueue(<u32>receivedNumber(), "item");
  dequeue(<u32>receivedNumber());
  log(LogLevel.Info, received);
}

function time(): u64 {
  setTickPeriod(250);
  getTime();
  return receivedNumber();
}

function grpc(): void {
  grpcCall(NAME, NAME, NAME, "question", 250, request);
  const token = <u32>receivedNumber();
  grpcStream(NAME, NAME, NAME, request);
  const stream = <u32>receivedNumber();
  grpcSend(stream, "more");
  grpcSend(stream, "last", true);
  grpcClose(stream);
  grpcCancel(token);
}

/** A GrpcService message with the name of a cluster that is not there. */
const NOBODY = Bytes.ascii("\n\x08\n\x06nobody");

/** Logs why a call failed. */
export function proxy_on_grpc_close(root: u32, token: u32, status: u32): void {
  getStatus();
  line.clear().decimal(receivedNumber()).byte(0x20).bytesOf(received);
  log(LogLevel.Info, line);
}

/** Compresses the header `x-name` and undoes it. */
function foreign(): u32 {
  getHeader(HeaderMap.RequestHeaders, NAME);
  const status = callForeignFunction(COMPRESS, received);
  callForeignFunction(UNCOMPRESS, received);
  log(LogLevel.Info, received);
  return status;
}

const COMPRESS = Bytes.ascii("compress");
const UNCOMPRESS = Bytes.ascii("uncompress");

function random(size: u32): u32 {
  const errno = getRandom(size);
  addHeader(HeaderMap.RequestHeaders, NAME, received);
  return errno;
}

function monotonic(): u64 {
  return getMonotonicTime() == Errno.Success ? receivedNumber() : 0;
}

/** Logs an environment variable. */
function variable(): u32 {
  const status = getVariable(NAME);
  log(LogLevel.Info, received);
  return status;
}
