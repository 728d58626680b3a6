import {
  Action,
  BufferType,
  Bytes,
  callForeignFunction,
  Contexts,
  getBuffer,
  getHeader,
  HeaderMap,
  received,
  removeHeader,
  sendLocalResponse,
  setBuffer,
  Status,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const CONTENT_ENCODING = Bytes.ascii("content-encoding");
const CONTENT_LENGTH = Bytes.ascii("content-length");
const DEFLATE = Bytes.ascii("deflate");
const UNCOMPRESS = Bytes.ascii("uncompress");
const BODY = Bytes.ascii("not a deflated body\n");

/** The requests whose bodies are deflated; the state itself is not used. */
const deflated = new Contexts<Bytes>();

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  if (endOfStream || getHeader(HeaderMap.RequestHeaders, CONTENT_ENCODING) != Status.Ok) return Action.Continue;
  if (!received.equals(DEFLATE)) return Action.Continue;
  removeHeader(HeaderMap.RequestHeaders, CONTENT_ENCODING);
  removeHeader(HeaderMap.RequestHeaders, CONTENT_LENGTH);
  deflated.create(id, 0);
  deflated.set(id, DEFLATE);
  return Action.Continue;
}

/** Collects the body, and inflates it with a function of the proxy. */
export function proxy_on_request_body(id: u32, size: u32, endOfStream: bool): Action {
  if (!deflated.of(id)) return Action.Continue;
  return endOfStream ? inflate(size) : Action.Pause;
}

function inflate(size: u32): Action {
  if (
    getBuffer(BufferType.RequestBody, 0, size) == Status.Ok &&
    callForeignFunction(UNCOMPRESS, received) == Status.Ok &&
    setBuffer(BufferType.RequestBody, 0, size, received) == Status.Ok
  ) {
    return Action.Continue;
  }
  sendLocalResponse(400, BODY);
  return Action.Pause;
}

export function proxy_on_delete(id: u32): void {
  deflated.delete(id);
}
