import {
  Action,
  BufferType,
  CallBuffer,
  CallMap,
  callForeignFunction,
  continueStream,
  currentContext,
  decodeUtf8,
  defineFilter,
  dequeue,
  done,
  enqueue,
  getBufferSize,
  getHeadersSize,
  getLogLevel,
  grpcCall,
  grpcCancel,
  grpcClose,
  grpcSend,
  grpcStream,
  httpCall,
  LogLevel,
  MapType,
  registerQueue,
  resolveQueue,
  respond,
  Status,
  StreamType,
  setEffectiveContext,
  setHeaders,
  setProperty,
  setTickPeriod,
  statusName,
} from "@wasm-header-filter/filter-js/guest";

interface Stream {
  path: string;
}

/** Shows what the functions beyond `Host` answer: a request's path selects which, and the log has it. */
export default defineFilter<object, Stream>((host) => {
  const path = host.internName(":path");
  const status = host.internName(":status");
  const trailer = host.internName("x-trailer");
  /** The contexts of requests that wait for the timer. */
  const waiting: number[] = [];

  function say(...words: (string | number | undefined)[]): void {
    host.log(LogLevel.Info, words.join(" "));
  }

  function text(bytes: Uint8Array | undefined): string {
    return (bytes && decodeUtf8(bytes)) ?? "nothing";
  }

  function messages(): Action {
    say("level", getLogLevel(host).value);
    const headers = host.getHeaders(MapType.RequestHeaders).value ?? [];
    const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    say(
      "headers",
      statusName(getHeadersSize(host, MapType.RequestHeaders).status),
      getHeadersSize(host, MapType.RequestHeaders).value === size ? "same" : "other",
    );
    say("set", statusName(setHeaders(host, MapType.RequestHeaders, [...headers, ["x-set", "é"], ["x-set", ""]])));
    say("property", statusName(setProperty(host, ["whole_abi"], "é")), text(host.getProperty(["whole_abi"]).value));
    return Action.Continue;
  }

  function foreign(): Action {
    const { value } = callForeignFunction(host, "compress", "a".repeat(1000));
    const shorter = value !== undefined && value.length < 100;
    say("compressed", String(shorter), text(callForeignFunction(host, "uncompress", value ?? "").value).length);
    say("broken", statusName(callForeignFunction(host, "uncompress", "hello").status));
    say("unknown", statusName(callForeignFunction(host, "nothing", "").status));
    say("cleared", statusName(callForeignFunction(host, "clear_route_cache", "").status));
    return Action.Continue;
  }

  function misuse(): Action {
    const nobody = { upstream: "nobody", service: "s", method: "m" };
    const bytes = new Uint8Array(1);
    const queue = registerQueue(host, "empty").value ?? 0;
    const statuses = [
      grpcStream(host, nobody, {}).status,
      grpcCall(host, nobody, bytes, 0, {}).status,
      grpcSend(host, 9, bytes, true),
      grpcClose(host, 9),
      grpcCancel(host, 9),
      httpCall(host, "nobody", { method: "GET", path: "/", authority: "a" }, () => {}).status,
      done(host),
      resolveQueue(host, "nobody", "q").status,
      enqueue(host, 999, "x"),
      dequeue(host, 999).status,
      dequeue(host, queue).status,
      setEffectiveContext(host, 999_999),
    ];
    say(...statuses.map(statusName));
    return Action.Continue;
  }

  function call(cluster: string): Action {
    const request = {
      method: "POST",
      path: "/call",
      authority: "service",
      headers: [["x-sent", "é"]],
      body: "question",
      trailers: [["x-trailer", "sent"]],
      timeout: 1000,
    } as const;
    const made = httpCall(host, cluster, request, (headers, size, trailers) => {
      const code = headers > 0 ? host.getHeader(CallMap.HttpCallResponseHeaders, status).value : undefined;
      const body = size > 0 ? text(host.getBuffer(CallBuffer.HttpCallResponseBody, 0, size).value) : undefined;
      const last = trailers > 0 ? host.getHeader(CallMap.HttpCallResponseTrailers, trailer).value : undefined;
      say("answer", code ?? "none", body ?? "no body", last ?? "no trailer");
      continueStream(host, StreamType.Request);
    });
    return made.status === Status.Ok ? Action.Pause : Action.Continue;
  }

  const ways: Readonly<Record<string, () => Action>> = {
    "/messages": messages,
    "/foreign": foreign,
    "/misuse": misuse,
    "/call": () => call("service"),
    "/call-dead": () => call("dead"),
    "/wait": () => {
      waiting.push(currentContext(host));
      setTickPeriod(host, 5);
      return Action.Pause;
    },
    "/grpc-status": () => {
      respond(host, { status: 503, headers: [["x-why", "test"]], details: "whole_abi", grpcStatus: 14 });
      return Action.Pause;
    },
  };

  return {
    onVmStart(size) {
      say("VM", size);
      return true;
    },

    onConfigure: () => ({}),

    onStream: () => ({ path: "" }),

    onRequestHeaders(stream) {
      stream.path = host.getHeader(MapType.RequestHeaders, path).value ?? "";
      return ways[stream.path]?.() ?? Action.Continue;
    },

    onRequestBody(stream, size) {
      if (stream.path === "/messages") say("body", getBufferSize(host, BufferType.RequestBody).value, size);
      return Action.Continue;
    },

    onResponseTrailers(stream) {
      if (stream.path === "/messages")
        say("set", statusName(setHeaders(host, MapType.ResponseTrailers, [["x-only", "é"]])));
      return Action.Continue;
    },

    onDone(stream) {
      if (stream.path === "/done") say("done", statusName(done(host)));
      return stream.path !== "/done";
    },

    onTick() {
      setTickPeriod(host, 0);
      for (const context of waiting.splice(0)) {
        say("waited", statusName(setEffectiveContext(host, context)), String(currentContext(host) === context));
        host.addHeader(MapType.RequestHeaders, host.internName("x-waited"), "é");
        continueStream(host, StreamType.Request);
      }
    },
  };
});
