import {
  Action,
  CallBuffer,
  continueStream,
  decodeUtf8,
  defineFilter,
  encodeUtf8,
  getStatus,
  grpcCall,
  LogLevel,
  MapType,
  respond,
  Status,
  StreamType,
} from "@wasm-header-filter/filter-js/guest";

const GREETER = {
  upstream: "greeter",
  service: "helloworld.Greeter",
  method: "SayHello",
  metadata: [["x-caller", "greet"]],
} as const;
const TIMEOUT = 1000;
/** A status of gRPC. */
const NOT_FOUND = 5;

/** Has a gRPC service greet the name in the request, which waits for the greeting. */
export default defineFilter((host) => {
  const name = host.internName("x-name");
  const greeting = host.internName("x-greeting");

  function refuse(status: number): Action {
    respond(host, { status, body: "nobody to greet\n" });
    return Action.Pause;
  }

  /** HelloReply: field 1 is text, shorter than 128 bytes. */
  function onMessage(size: number): void {
    const reply = host.getBuffer(CallBuffer.GrpcReceive, 0, size).value;
    if (reply?.[0] !== 0x0a || reply[1] !== reply.length - 2) {
      refuse(502);
      return;
    }
    host.replaceHeader(MapType.RequestHeaders, greeting, decodeUtf8(reply.subarray(2)) ?? "");
    continueStream(host, StreamType.Request);
  }

  /** The greeter refused, failed, or did not answer in time. */
  function onClose(status: number): void {
    if (status !== NOT_FOUND) {
      refuse(503);
      return;
    }
    host.log(LogLevel.Info, `greeter: ${getStatus(host).value?.message}`);
    refuse(404);
  }

  return {
    onConfigure: () => ({}),

    onRequestHeaders() {
      const { value } = host.getHeader(MapType.RequestHeaders, name);
      if (value === undefined) return Action.Continue;
      const text = encodeUtf8(value);
      if (text.length > 127) return refuse(400);
      // HelloRequest: field 1 is text.
      const question = Uint8Array.from([0x0a, text.length, ...text]);
      const { status } = grpcCall(host, GREETER, question, TIMEOUT, { onMessage, onClose });
      return status === Status.Ok ? Action.Pause : refuse(503);
    },
  };
});
