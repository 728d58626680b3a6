import { Action, addHeader, Bytes, Counter, getHeader, HeaderMap, Status } from "proxy-wasm-as";
export * from "proxy-wasm-as/abi"; // the ABI's marker and the host's allocator

const HELLO = Bytes.ascii("hello");
const GREETING = Bytes.ascii("x-greeting");
const WELCOME = Bytes.of("welcome");
const greeted = Counter.named("greeted");

export function proxy_on_configure(root: u32, size: u32): bool {
  return greeted.define() == Status.Ok;
}

/** Counts the requests that say hello. */
export function proxy_on_request_headers(stream: u32, headers: u32, endOfStream: bool): Action {
  if (getHeader(HeaderMap.RequestHeaders, HELLO) == Status.Ok) greeted.add(1);
  return Action.Continue;
}

/** Greets each response. */
export function proxy_on_response_headers(stream: u32, headers: u32, endOfStream: bool): Action {
  addHeader(HeaderMap.ResponseHeaders, GREETING, WELCOME);
  return Action.Continue;
}
