import { StreamType } from "../abi/enums.ts";
import { warnOfCrash } from "./crash-warning.ts";
import type { Vm } from "./vm.ts";

type Ending = "proxy_send_local_response" | "proxy_close_stream";

/** The last call in a running callback that ends its stream. */
interface Ended {
  readonly run: number;
  readonly by: Ending;
}

const last = new WeakMap<object, Ended>();

const LATE = /^proxy_on_(log|done|delete)$/;
const REQUEST = /^proxy_on_(context_create$|request_)/;

/**
 * Warns of calls that end a stream, or resume its response, where Envoy crashes (each was asked of Envoy 1.40): after the stream, before
 * it, or twice in one callback.
 */
export function warnOfEnding(vm: Vm, by: Ending, type: number = StreamType.request): void {
  const { context, callback, run } = vm;
  if (context.stream === undefined || type > StreamType.response) return;
  const before = last.get(context);
  last.set(context, { run, by });
  const local = by === "proxy_send_local_response";
  const early = !local && callback === "proxy_on_context_create";
  if (early || LATE.test(callback)) warnOfCrash(vm, `${by} in ${callback}`);
  // Envoy only takes the second local response of a request.
  else if (before?.run === run && !(local && before.by === by && REQUEST.test(callback)))
    warnOfCrash(vm, `${by} after ${before.by} in ${callback}`);
}

/** @param type one of StreamType */
export function warnOfResuming(vm: Vm, type: number): void {
  const { context, callback } = vm;
  if (context.stream !== undefined && type === StreamType.response && REQUEST.test(callback))
    warnOfCrash(vm, `proxy_continue_stream for the response in ${callback}`);
}
