import {
  Action,
  BufferType,
  Bytes,
  Calls,
  continueStream,
  getBuffer,
  getHeader,
  getStatus,
  grpcCall,
  HeaderMap,
  log,
  LogLevel,
  make,
  Pairs,
  received,
  receivedNumber,
  replaceHeader,
  sendLocalResponse,
  Status,
  StreamType,
  Writer,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const CLUSTER = Bytes.ascii("greeter");
const SERVICE = Bytes.ascii("helloworld.Greeter");
const METHOD = Bytes.ascii("SayHello");
const NAME = Bytes.ascii("x-name");
const GREETING = Bytes.ascii("x-greeting");
const BODY = Bytes.ascii("nobody to greet\n");
const TIMEOUT = 1000;
// A status of gRPC.
const NOT_FOUND = 5;

const calls = new Calls();
const question = make<Writer>();
const line = make<Writer>();
const METADATA = Pairs.make().add("x-caller", "greet").bytes();

/** Asks the greeter to greet the name in the request, which waits for the greeting. */
export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  if (getHeader(HeaderMap.RequestHeaders, NAME) != Status.Ok) return Action.Continue;
  if (received.length > 127) return refuse(400);
  // HelloRequest: field 1 is text.
  question.clear().byte(0x0a).byte(received.length).bytesOf(received);
  if (grpcCall(CLUSTER, SERVICE, METHOD, question, TIMEOUT, METADATA) != Status.Ok) return refuse(503);
  calls.add(<u32>receivedNumber(), id);
  return Action.Pause;
}

/** Handles the greeter's answer. A call gets one message or is closed with a status, never both. */
export function proxy_on_grpc_receive(root: u32, token: u32, size: u32): void {
  if (!calls.take(token)) return;
  // HelloReply: field 1 is text, shorter than 128 bytes.
  if (getBuffer(BufferType.GrpcCallMessage, 0, size) != Status.Ok || !isShortText(received)) {
    refuse(502);
    return;
  }
  const greeting = received.keep(2);
  replaceHeader(HeaderMap.RequestHeaders, GREETING, greeting);
  greeting.free();
  continueStream(StreamType.Request);
}

function isShortText(message: Bytes): bool {
  return message.length >= 2 && message[0] == 0x0a && message[1] < 0x80 && <i32>message[1] == message.length - 2;
}

/** The greeter refused, failed, or did not answer in time. */
export function proxy_on_grpc_close(root: u32, token: u32, status: u32): void {
  if (!calls.take(token)) return;
  if (status != NOT_FOUND) {
    refuse(503);
    return;
  }
  if (getStatus() == Status.Ok) log(LogLevel.Info, line.clear().ascii("greeter: ").bytesOf(received));
  refuse(404);
}

function refuse(code: u32): Action {
  sendLocalResponse(code, BODY);
  return Action.Pause;
}
