import {
  Action,
  BufferType,
  CallBuffer,
  CallMap,
  continueStream,
  defineFilter,
  getStatus,
  grpcCancel,
  grpcClose,
  grpcSend,
  grpcStream,
  LogLevel,
  respond,
  Status,
  StreamType,
} from "@wasm-header-filter/filter-js/guest";

const SCANNER = {
  upstream: "scanner",
  service: "scan.Scanner",
  method: "Scan",
  metadata: [["x-policy", "strict"]],
} as const;

/** A request's body that is being sent to the scanner. */
interface Scan {
  /** The gRPC stream's number; 0 without a body, and once it has ended. */
  call: number;
  /** The number of bytes that were sent. */
  sent: number;
  decided: boolean;
}

/** Sends each request's body to a scanner, chunk by chunk. The body goes on when the scanner has ended the stream without an objection. */
export default defineFilter<object, Scan>((host) => {
  const scanner = host.internName("x-scanner");
  const scanned = host.internName("x-scanned");

  function tell(what: string, value: string | undefined): void {
    if (value !== undefined) host.log(LogLevel.Info, `${what} ${value}`);
  }

  function refuse(scan: Scan, status: number): Action {
    scan.decided = true;
    respond(host, { status, body: "the body is not accepted\n" });
    return Action.Pause;
  }

  /** The scanner answers as often as it wants, with one byte: 0 for what is clean so far. */
  function onMessage(scan: Scan, size: number): void {
    const verdict = host.getBuffer(CallBuffer.GrpcReceive, 0, size).value;
    if (!scan.decided && verdict?.[0] !== 0) refuse(scan, 403);
  }

  function onClose(scan: Scan, status: number): void {
    scan.call = 0;
    if (scan.decided) return;
    if (status !== 0) {
      host.log(LogLevel.Warn, `scanner: ${status} ${getStatus(host).value?.message}`);
      refuse(scan, 503);
      return;
    }
    scan.decided = true;
    continueStream(host, StreamType.Request);
  }

  return {
    onConfigure: () => ({}),
    onStream: () => ({ call: 0, sent: 0, decided: false }),

    onRequestHeaders(scan, _count, endOfStream) {
      if (endOfStream) return Action.Continue;
      const { value, status } = grpcStream(host, SCANNER, {
        onInitialMetadata: () => tell("scanned by", host.getHeader(CallMap.GrpcInitialMetadata, scanner).value),
        onMessage: (size) => onMessage(scan, size),
        onTrailingMetadata: () => tell("scanned", host.getHeader(CallMap.GrpcTrailingMetadata, scanned).value),
        onClose: (status) => onClose(scan, status),
      });
      if (status !== Status.Ok) return refuse(scan, 503);
      scan.call = value;
      return Action.Continue;
    },

    // The proxy buffers the chunks while the callback returns Pause.
    onRequestBody(scan, size, endOfStream) {
      if (scan.decided) return Action.Continue;
      const chunk =
        size > scan.sent ? host.getBuffer(BufferType.RequestBody, scan.sent, size - scan.sent).value : undefined;
      scan.sent = size;
      if (chunk) grpcSend(host, scan.call, chunk, endOfStream);
      else if (endOfStream) grpcClose(host, scan.call);
      return Action.Pause;
    },

    onRequestTrailers(scan) {
      if (scan.decided) return Action.Continue;
      grpcClose(host, scan.call);
      return Action.Pause;
    },

    // The client has gone, or the verdict came before the end.
    onDone(scan) {
      if (scan.call !== 0) grpcCancel(host, scan.call);
      return true;
    },
  };
});
