import {
  Action,
  BufferType,
  Bytes,
  Calls,
  Contexts,
  continueStream,
  getBuffer,
  getHeader,
  grpcCancel,
  grpcClose,
  grpcSend,
  grpcStream,
  HeaderMap,
  log,
  LogLevel,
  received,
  receivedNumber,
  sendLocalResponse,
  Status,
  StreamType,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const CLUSTER = Bytes.ascii("scanner");
const SERVICE = Bytes.ascii("scan.Scanner");
const METHOD = Bytes.ascii("Scan");
const SCANNER = Bytes.ascii("x-scanner");
const REFUSED = Bytes.ascii("the body is refused\n");
const FAILED = Bytes.ascii("the body can't be scanned\n");

/** A request's body that is being sent to the scanner. */
class Scan {
  /** The number of bytes that were sent. */
  sent: u32 = 0;
  decided: bool = false;

  constructor(public token: u32) {}
}

const scans = new Contexts<Scan>();
const calls = new Calls();

export function proxy_on_context_create(id: u32, parent: u32): void {
  scans.create(id, parent);
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  if (endOfStream) return Action.Continue;
  if (grpcStream(CLUSTER, SERVICE, METHOD) != Status.Ok) return answer(503, FAILED);
  const token = <u32>receivedNumber();
  scans.set(id, new Scan(token));
  calls.add(token, id);
  return Action.Continue;
}

/** Sends each chunk as it arrives; the proxy buffers them all. */
export function proxy_on_request_body(id: u32, size: u32, endOfStream: bool): Action {
  const scan = scans.of(id);
  if (!scan || scan.decided) return Action.Continue;
  if (size > scan.sent && getBuffer(BufferType.RequestBody, scan.sent, size - scan.sent) == Status.Ok) {
    grpcSend(scan.token, received);
    scan.sent = size;
  }
  if (endOfStream) grpcClose(scan.token);
  return Action.Pause;
}

/** Ends a body that is followed by trailers. */
export function proxy_on_request_trailers(id: u32, trailers: u32): Action {
  const scan = scans.of(id);
  if (!scan || scan.decided) return Action.Continue;
  grpcClose(scan.token);
  return Action.Pause;
}

export function proxy_on_grpc_receive_initial_metadata(root: u32, token: u32, elements: u32): void {
  if (!calls.of(token) || getHeader(HeaderMap.GrpcCallInitialMetadata, SCANNER) != Status.Ok) return;
  log(LogLevel.Info, received);
}

/** Handles the verdict, which may arrive before the body's end: one byte, 0 for a clean body. */
export function proxy_on_grpc_receive(root: u32, token: u32, size: u32): void {
  const scan = scans.of(calls.of(token));
  if (!scan || scan.decided) return;
  scan.decided = true;
  if (getBuffer(BufferType.GrpcCallMessage, 0, size) == Status.Ok && received.length == 1 && !received[0]) {
    continueStream(StreamType.Request);
  } else {
    answer(403, REFUSED);
  }
}

export function proxy_on_grpc_close(root: u32, token: u32, status: u32): void {
  const scan = scans.of(calls.take(token));
  if (!scan || scan.decided) return;
  scan.decided = true;
  answer(503, FAILED);
}

export function proxy_on_delete(id: u32): void {
  const scan = scans.delete(id);
  if (!scan) return;
  // If the client has disconnected or the verdict was early, the scanner need not continue.
  grpcCancel(scan.token);
  calls.delete(scan.token);
}

function answer(code: u32, body: Bytes): Action {
  sendLocalResponse(code, body);
  return Action.Pause;
}
