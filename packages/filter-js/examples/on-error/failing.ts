import {
  Action,
  type AsyncHost,
  BufferType,
  decodeUtf8,
  type Filter,
  httpCall,
  LogLevel,
  MapType,
  respond,
} from "@wasm-header-filter/filter-js/guest";

const REQUEST = { method: "GET", path: "/", authority: "service", timeout: 1000 };

export interface Stream {
  /** Where it fails: the names of callbacks, and others of this file. */
  places: string;
}

/** Callbacks that throw where the request header `fails` says. The configuration `onStream` makes each stream fail at its start. */
export function failing(host: AsyncHost) {
  const fails = host.internName("fails");

  function failIn({ places }: Stream, place: string): void {
    // Engines have different stacks.
    if (places.includes(place)) throw Object.assign(new RangeError(place), { stack: "" });
  }

  return {
    onConfigure(size) {
      const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
      return bytes ? (decodeUtf8(bytes) ?? "") : "";
    },

    onStream(places) {
      failIn({ places }, "onStream");
      return { places: "" };
    },

    onRequestHeaders(stream) {
      stream.places = host.getHeader(MapType.RequestHeaders, fails).value ?? "";
      if (stream.places.includes("answer")) respond(host, { status: 401, details: "own_answer" });
      failIn(stream, "onRequestHeaders");
      if (stream.places.includes("answer")) return Action.Pause;
      if (!stream.places.includes("call-out")) return Action.Continue;
      httpCall(host, "service", REQUEST, () => failIn(stream, "call-out"));
      return Action.Pause;
    },

    onRequestBody(stream) {
      failIn(stream, "onRequestBody");
      return Action.Continue;
    },

    onRequestTrailers(stream) {
      failIn(stream, "onRequestTrailers");
      return Action.Continue;
    },

    onResponseHeaders(stream) {
      if (stream.places.includes("replace")) respond(host, { status: 502, details: "replaced" });
      failIn(stream, "onResponseHeaders");
      return Action.Continue;
    },

    onResponseBody(stream) {
      failIn(stream, "onResponseBody");
      return Action.Continue;
    },

    onResponseTrailers(stream) {
      failIn(stream, "onResponseTrailers");
      return Action.Continue;
    },

    onLog(stream) {
      const details = host.getProperty(["response", "code_details"]).value;
      host.log(LogLevel.Warn, `ended: ${details && decodeUtf8(details)}`);
      failIn(stream, "onLog");
    },
  } satisfies Filter<string, Stream>;
}
