import {
  Action,
  BufferType,
  Bytes,
  Contexts,
  getBuffer,
  getHeader,
  HeaderMap,
  log,
  LogLevel,
  make,
  received,
  removeHeader,
  setBuffer,
  Status,
  Writer,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const CONTENT_LENGTH = Bytes.ascii("content-length");
const CONTENT_ENCODING = Bytes.ascii("content-encoding");
const rewritten = make<Writer>();

/** A text and its replacement. */
class Rule {
  constructor(public from: Bytes, public to: Bytes) {}

  free(): void {
    this.from.free();
    this.to.free();
  }
}

const rules = new Contexts<Rule>();

export function proxy_on_context_create(id: u32, parent: u32): void {
  rules.create(id, parent);
}

/** Reads a configuration of two lines: the text to be replaced, and its replacement. */
export function proxy_on_configure(id: u32, size: u32): bool {
  if (!size || getBuffer(BufferType.PluginConfiguration, 0, size) != Status.Ok) return refuse();
  const lines = received.text().split("\n");
  if (lines.length < 2 || !lines[0].length) return refuse();
  const old = rules.set(id, new Rule(Bytes.of(lines[0]), Bytes.of(lines[1])));
  if (old) old.free();
  return true;
}

function refuse(): bool {
  log(LogLevel.Error, "body-rewrite: configuration refused: expected two lines, a text and its replacement");
  return false;
}

export function proxy_on_response_headers(id: u32, headers: u32, endOfStream: bool): Action {
  // A compressed body cannot be searched: it passes unchanged.
  if (getHeader(HeaderMap.ResponseHeaders, CONTENT_ENCODING) == Status.Ok) rules.delete(id);
  else if (!endOfStream) removeHeader(HeaderMap.ResponseHeaders, CONTENT_LENGTH);
  return Action.Continue;
}

export function proxy_on_response_body(id: u32, size: u32, endOfStream: bool): Action {
  const rule = rules.of(id);
  if (!rule) return Action.Continue;
  if (!endOfStream) return Action.Pause;
  if (getBuffer(BufferType.ResponseBody, 0, size) != Status.Ok) return Action.Continue;
  rewritten.clear();
  let start = 0;
  for (let at = received.indexOf(rule.from); at >= 0; at = received.indexOf(rule.from, start)) {
    rewritten.bytesOf(received, start, at).bytesOf(rule.to);
    start = at + rule.from.length;
  }
  if (start) setBuffer(BufferType.ResponseBody, 0, size, rewritten.bytesOf(received, start));
  return Action.Continue;
}

export function proxy_on_delete(id: u32): void {
  const rule = rules.delete(id);
  if (rule) rule.free();
}
