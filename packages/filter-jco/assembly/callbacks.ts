import { configure, create, remove, serve } from "./contexts";
import * as guest from "./guest";
import { Callback, kept, run } from "./kept";
import { receive } from "./memory";

const CONTINUE: u32 = 0;

// The module's exports. The lowering step keeps those that the filter defines.

export function proxy_abi_version_0_2_1(): void {}

export function malloc(size: usize): usize {
  return receive(size);
}

export function proxy_on_context_create(context: u32, parent: u32): void {
  create(context, parent);
}

export function proxy_on_delete(context: u32): void {
  remove(context);
}

export function proxy_on_configure(plugin: u32, size: u32): u32 {
  return configure(plugin, size);
}

export function proxy_on_request_headers(context: u32, count: u32, endOfStream: u32): u32 {
  if (!serve(context)) return CONTINUE;
  if (kept(Callback.RequestHeaders)) return run(Callback.RequestHeaders, count, endOfStream);
  const action = guest.onRequestHeaders(count, endOfStream);
  guest.endOnRequestHeaders(action);
  guest.settle();
  return action;
}

export function proxy_on_request_body(context: u32, size: u32, endOfStream: u32): u32 {
  if (!serve(context)) return CONTINUE;
  if (kept(Callback.RequestBody)) return run(Callback.RequestBody, size, endOfStream);
  const action = guest.onRequestBody(size, endOfStream);
  guest.endOnRequestBody(action);
  guest.settle();
  return action;
}

export function proxy_on_request_trailers(context: u32, count: u32): u32 {
  if (!serve(context)) return CONTINUE;
  if (kept(Callback.RequestTrailers)) return run(Callback.RequestTrailers, count, 0);
  const action = guest.onRequestTrailers(count);
  guest.endOnRequestTrailers(action);
  guest.settle();
  return action;
}

export function proxy_on_response_headers(context: u32, count: u32, endOfStream: u32): u32 {
  if (!serve(context)) return CONTINUE;
  if (kept(Callback.ResponseHeaders)) return run(Callback.ResponseHeaders, count, endOfStream);
  const action = guest.onResponseHeaders(count, endOfStream);
  guest.endOnResponseHeaders(action);
  guest.settle();
  return action;
}

export function proxy_on_response_body(context: u32, size: u32, endOfStream: u32): u32 {
  if (!serve(context)) return CONTINUE;
  if (kept(Callback.ResponseBody)) return run(Callback.ResponseBody, size, endOfStream);
  const action = guest.onResponseBody(size, endOfStream);
  guest.endOnResponseBody(action);
  guest.settle();
  return action;
}

export function proxy_on_response_trailers(context: u32, count: u32): u32 {
  if (!serve(context)) return CONTINUE;
  if (kept(Callback.ResponseTrailers)) return run(Callback.ResponseTrailers, count, 0);
  const action = guest.onResponseTrailers(count);
  guest.endOnResponseTrailers(action);
  guest.settle();
  return action;
}

export function proxy_on_log(context: u32): void {
  if (!serve(context)) return;
  if (kept(Callback.Log)) {
    run(Callback.Log, 0, 0);
    return;
  }
  guest.onLog();
  guest.endOnLog();
  guest.settle();
}
