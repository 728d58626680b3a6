import {
  Action,
  addHeader,
  BufferType,
  Bytes,
  Contexts,
  getBuffer,
  getProperty,
  HeaderMap,
  log,
  LogLevel,
  received,
  removeHeader,
  replaceHeader,
  Status,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

// The index of a name is the number of its map.
const MAPS = ["request", "request-trailers", "response", "response-trailers"];
const VERBS = ["add", "set", "copy", "remove"];

/** One line of the configuration. */
class Edit {
  constructor(public map: HeaderMap, public verb: i32, public name: Bytes, public value: Bytes) {}

  apply(): void {
    if (this.verb == 0) addHeader(this.map, this.name, this.value);
    if (this.verb == 1) replaceHeader(this.map, this.name, this.value);
    if (this.verb == 2 && getProperty(this.value) == Status.Ok) replaceHeader(this.map, this.name, received);
    if (this.verb == 3) removeHeader(this.map, this.name);
  }
}

const edits = new Contexts<Edit[]>();

export function proxy_on_context_create(id: u32, parent: u32): void {
  edits.create(id, parent);
}

/** Reads a configuration of lines such as `response add x-greeting hello there`. */
export function proxy_on_configure(id: u32, size: u32): bool {
  const list: Edit[] = [];
  if (size && getBuffer(BufferType.PluginConfiguration, 0, size) != Status.Ok) return false;
  const lines = size ? received.text().trimEnd().split("\n") : [];
  for (let i = 0; i < lines.length; i++) {
    const words = lines[i].split(" ");
    const map = MAPS.indexOf(words[0]);
    const verb = words.length > 2 ? VERBS.indexOf(words[1]) : -1;
    if (map < 0 || verb < 0) {
      free(list);
      log(LogLevel.Error, "headers: configuration refused: expected MAP VERB NAME [VALUE], got " + lines[i]);
      return false;
    }
    // The path of a property has a 0 instead of each point.
    const value = words.slice(3).join(" ");
    list.push(new Edit(map, verb, Bytes.of(words[2]), Bytes.of(verb == 2 ? value.replaceAll(".", "\0") : value)));
  }
  free(edits.set(id, list));
  return true;
}

function apply(id: u32, map: HeaderMap): Action {
  const list = edits.of(id);
  for (let i = 0; list && i < list.length; i++) if (list[i].map == map) list[i].apply();
  return Action.Continue;
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  return apply(id, HeaderMap.RequestHeaders);
}

export function proxy_on_request_trailers(id: u32, trailers: u32): Action {
  return apply(id, HeaderMap.RequestTrailers);
}

export function proxy_on_response_headers(id: u32, headers: u32, endOfStream: bool): Action {
  return apply(id, HeaderMap.ResponseHeaders);
}

export function proxy_on_response_trailers(id: u32, trailers: u32): Action {
  return apply(id, HeaderMap.ResponseTrailers);
}

export function proxy_on_delete(id: u32): void {
  free(edits.delete(id));
}

function free(list: Edit[] | null): void {
  for (let i = 0; list && i < list.length; i++) {
    list[i].name.free();
    list[i].value.free();
  }
}
