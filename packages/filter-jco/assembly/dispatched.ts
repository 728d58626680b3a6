import { guestEvent, endGuestEvent } from "./guest-dispatched";
import { callbacks, endCallbacks, settle } from "./guest";
import { drop, own } from "./interned";
import { allocate, receive, release } from "./memory";

// The adapter of filters with a dispatcher (world `dispatched-filter`): each export calls the component's one function with its callback's
// number in the guest API, and contexts are the dispatcher's.

export { calls_call } from "./calls";
export * from "./host";
export * from "./integers";
export { host_intern_headers, host_intern_name } from "./interned";
export * from "./wasi";

const enum Callback {
  VmStart,
  Configure,
  Tick,
  QueueReady,
  ForeignFunction,
  HttpCallResponse,
  GrpcReceive,
  GrpcClose,
  GrpcReceiveInitialMetadata,
  GrpcReceiveTrailingMetadata,
  ContextCreate,
  RequestHeaders,
  RequestBody,
  RequestTrailers,
  ResponseHeaders,
  ResponseBody,
  ResponseTrailers,
  NewConnection,
  DownstreamData,
  UpstreamData,
  DownstreamConnectionClose,
  UpstreamConnectionClose,
  Done,
  Log,
  Delete,
}

let defined: u32 = 0;
let started: bool = false;

/** The plugins' interned blocks: next, id, chain. */
let plugins: usize = 0;

export function proxy_abi_version_0_2_1(): void {}

export function malloc(size: usize): usize {
  return receive(size);
}

/** Evaluates the filter, in a VM's first callback. */
function start(): void {
  if (started) return;
  started = true;
  defined = callbacks();
  endCallbacks(defined);
  settle();
  // What the filter has interned so far lives as long as the VM.
  own();
}

/** The callbacks that the filter defines, as bits: for the lowering step. */
export function defined_callbacks(): u32 {
  start();
  return defined;
}

function event(callback: Callback, context: u32, b: u32, c: u32, d: u32 = 0, e: u32 = 0): u32 {
  const result = guestEvent(callback, context, b, c, d, e);
  endGuestEvent(result);
  settle();
  return result;
}

export function proxy_on_vm_start(context: u32, size: u32): u32 {
  return event(Callback.VmStart, context, size, 0);
}

export function proxy_on_configure(plugin: u32, size: u32): u32 {
  const accepted = event(Callback.Configure, plugin, size, 0);
  const made = own();
  let entry = plugins;
  while (entry != 0 && load<u32>(entry, 4) != plugin) entry = load<usize>(entry);
  if (accepted == 0) {
    drop(made);
  } else if (entry != 0) {
    drop(load<usize>(entry, 8));
    store<usize>(entry, made, 8);
  } else {
    entry = allocate(12);
    store<usize>(entry, plugins);
    store<u32>(entry, plugin, 4);
    store<usize>(entry, made, 8);
    plugins = entry;
  }
  return accepted;
}

export function proxy_on_context_create(context: u32, parent: u32): void {
  start();
  event(Callback.ContextCreate, context, parent, 0);
}

export function proxy_on_delete(context: u32): void {
  event(Callback.Delete, context, 0, 0);
  let before: usize = 0;
  let entry = plugins;
  while (entry != 0 && load<u32>(entry, 4) != context) {
    before = entry;
    entry = load<usize>(entry);
  }
  if (entry == 0) return;
  if (before == 0) plugins = load<usize>(entry);
  else store<usize>(before, load<usize>(entry));
  drop(load<usize>(entry, 8));
  release(entry);
}

export function proxy_on_tick(context: u32): void {
  event(Callback.Tick, context, 0, 0);
}

export function proxy_on_queue_ready(context: u32, queue: u32): void {
  event(Callback.QueueReady, context, queue, 0);
}

export function proxy_on_foreign_function(context: u32, id: u32, size: u32): void {
  event(Callback.ForeignFunction, context, id, size);
}

export function proxy_on_http_call_response(context: u32, token: u32, headers: u32, body: u32, trailers: u32): void {
  event(Callback.HttpCallResponse, context, token, headers, body, trailers);
}

export function proxy_on_grpc_receive(context: u32, token: u32, size: u32): void {
  event(Callback.GrpcReceive, context, token, size);
}

export function proxy_on_grpc_close(context: u32, token: u32, status: u32): void {
  event(Callback.GrpcClose, context, token, status);
}

export function proxy_on_grpc_receive_initial_metadata(context: u32, token: u32, count: u32): void {
  event(Callback.GrpcReceiveInitialMetadata, context, token, count);
}

export function proxy_on_grpc_receive_trailing_metadata(context: u32, token: u32, count: u32): void {
  event(Callback.GrpcReceiveTrailingMetadata, context, token, count);
}

export function proxy_on_request_headers(context: u32, count: u32, endOfStream: u32): u32 {
  return event(Callback.RequestHeaders, context, count, endOfStream);
}

export function proxy_on_request_body(context: u32, size: u32, endOfStream: u32): u32 {
  return event(Callback.RequestBody, context, size, endOfStream);
}

export function proxy_on_request_trailers(context: u32, count: u32): u32 {
  return event(Callback.RequestTrailers, context, count, 0);
}

export function proxy_on_response_headers(context: u32, count: u32, endOfStream: u32): u32 {
  return event(Callback.ResponseHeaders, context, count, endOfStream);
}

export function proxy_on_response_body(context: u32, size: u32, endOfStream: u32): u32 {
  return event(Callback.ResponseBody, context, size, endOfStream);
}

export function proxy_on_response_trailers(context: u32, count: u32): u32 {
  return event(Callback.ResponseTrailers, context, count, 0);
}

export function proxy_on_new_connection(context: u32): u32 {
  return event(Callback.NewConnection, context, 0, 0);
}

export function proxy_on_downstream_data(context: u32, size: u32, endOfStream: u32): u32 {
  return event(Callback.DownstreamData, context, size, endOfStream);
}

export function proxy_on_upstream_data(context: u32, size: u32, endOfStream: u32): u32 {
  return event(Callback.UpstreamData, context, size, endOfStream);
}

export function proxy_on_downstream_connection_close(context: u32, peer: u32): void {
  event(Callback.DownstreamConnectionClose, context, peer, 0);
}

export function proxy_on_upstream_connection_close(context: u32, peer: u32): void {
  event(Callback.UpstreamConnectionClose, context, peer, 0);
}

export function proxy_on_done(context: u32): u32 {
  return event(Callback.Done, context, 0, 0);
}

export function proxy_on_log(context: u32): void {
  event(Callback.Log, context, 0, 0);
}
