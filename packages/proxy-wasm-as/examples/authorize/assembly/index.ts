import {
  Action,
  Bytes,
  Calls,
  continueStream,
  Counter,
  EMPTY,
  getHeader,
  HeaderMap,
  httpCall,
  Pairs,
  received,
  receivedNumber,
  replaceHeader,
  sendLocalResponse,
  Status,
  StreamType,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const CLUSTER = Bytes.ascii("authorization");
const AUTHORIZATION = Bytes.ascii("authorization");
const PATH = Bytes.ascii(":path");
const STATUS = Bytes.ascii(":status");
const OK = Bytes.ascii("200");
const USER = Bytes.ascii("x-user");
const TIMEOUT = 1000;

const question = Pairs.make();
const calls = new Calls();
const denied = Counter.named("authorize_denied");
const failed = Counter.named("authorize_failed");

export function proxy_on_configure(root: u32, size: u32): bool {
  return denied.define() == Status.Ok && failed.define() == Status.Ok;
}

/** Asks the authorization service about the request, which waits for the answer. */
export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  question.clear().add(":method", "GET").add(":authority", "authorization");
  if (getHeader(HeaderMap.RequestHeaders, PATH) == Status.Ok) question.add(":path", received);
  if (getHeader(HeaderMap.RequestHeaders, AUTHORIZATION) == Status.Ok) question.add("authorization", received);
  if (httpCall(CLUSTER, question.bytes(), EMPTY, TIMEOUT) != Status.Ok) return fail();
  calls.add(<u32>receivedNumber(), id);
  return Action.Pause;
}

/** Handles the service's answer: 200 continues the request, another answer is sent to the client, none is 503. */
export function proxy_on_http_call_response(root: u32, token: u32, headers: u32, bodySize: u32, trailers: u32): void {
  // The client may have disconnected.
  if (!calls.take(token)) return;
  if (!headers || getHeader(HeaderMap.HttpCallResponseHeaders, STATUS) != Status.Ok) {
    fail();
    return;
  }
  if (!received.equals(OK)) {
    const code = <u32>parseInt(received.text());
    if (code >= 500) {
      fail();
    } else {
      denied.add(1);
      sendLocalResponse(code, EMPTY);
    }
    return;
  }
  // The client's own header must not be trusted.
  const known = getHeader(HeaderMap.HttpCallResponseHeaders, USER) == Status.Ok;
  replaceHeader(HeaderMap.RequestHeaders, USER, known ? received : EMPTY);
  continueStream(StreamType.Request);
}

function fail(): Action {
  failed.add(1);
  sendLocalResponse(503, EMPTY);
  return Action.Pause;
}
