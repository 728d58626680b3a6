import {
  Action,
  BufferType,
  Bytes,
  Contexts,
  Counter,
  getBuffer,
  getHeader,
  HeaderMap,
  log,
  LogLevel,
  Pairs,
  received,
  sendLocalResponse,
  Status,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const PATH = Bytes.ascii(":path");
const BODY = Bytes.ascii("forbidden\n");
const HEADERS = Pairs.make().add("content-type", "text/plain").add("x-guard", "denied").bytes();
const DETAILS = Bytes.ascii("guard_denied");
const denied = Counter.named("guard_denied");

/** Requests whose path begins with the prefix must have the header. */
class Rule {
  constructor(public prefix: Bytes, public header: Bytes) {}

  free(): void {
    this.prefix.free();
    this.header.free();
  }
}

const rules = new Contexts<Rule>();

export function proxy_on_context_create(id: u32, parent: u32): void {
  rules.create(id, parent);
}

/** Reads a configuration of two words, such as `/admin x-admin-key`. */
export function proxy_on_configure(id: u32, size: u32): bool {
  let text = "/admin x-admin-key";
  if (size) {
    if (getBuffer(BufferType.PluginConfiguration, 0, size) != Status.Ok) return false;
    text = received.text();
  }
  const words = text.split(" ");
  if (words.length != 2 || !words[0].startsWith("/") || !words[1].length) {
    log(LogLevel.Error, "guard: configuration refused: expected PREFIX HEADER, such as /admin x-admin-key");
    return false;
  }
  if (denied.define() != Status.Ok) return false;
  const old = rules.set(id, new Rule(Bytes.of(words[0]), Bytes.of(words[1])));
  if (old) old.free();
  return true;
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  const rule = rules.of(id);
  if (!rule || getHeader(HeaderMap.RequestHeaders, PATH) != Status.Ok) return Action.Continue;
  if (!received.startsWith(rule.prefix)) return Action.Continue;
  if (getHeader(HeaderMap.RequestHeaders, rule.header) == Status.Ok) return Action.Continue;
  denied.add(1);
  sendLocalResponse(403, BODY, HEADERS, DETAILS);
  return Action.Pause;
}

export function proxy_on_delete(id: u32): void {
  const rule = rules.delete(id);
  if (rule) rule.free();
}
