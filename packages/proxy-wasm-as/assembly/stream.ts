import { StreamType } from "./enums";
import { receivedData, receivedLength, receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_continue_stream")
declare function proxy_continue_stream(stream: StreamType): Status;

/**
 * Continues a stream that a callback paused.
 *
 * @param stream which one, of the effective context
 * @returns `Ok`; `Unimplemented` if the host cannot continue it; `BadArgument` for an unknown one. Specification,
 *   "proxy_continue_stream"
 */
export function continueStream(stream: StreamType): Status {
  return proxy_continue_stream(stream);
}

// @ts-ignore: decorator
@external("env", "proxy_close_stream")
declare function proxy_close_stream(stream: StreamType): Status;

/**
 * Closes or resets a stream.
 *
 * @param stream which one, of the effective context
 * @returns `Ok`; `BadArgument` for an unknown one. Specification, "proxy_close_stream"
 */
export function closeStream(stream: StreamType): Status {
  return proxy_close_stream(stream);
}

// @ts-ignore: decorator
@external("env", "proxy_get_status")
declare function proxy_get_status(code: usize, data: usize, size: usize): Status;

/**
 * Gets the status of a call-out, in the callback for its end: the code into {@link receivedNumber}, the message
 * into {@link received}.
 *
 * @returns `Ok`. Specification, "proxy_get_status"
 */
export function getStatus(): Status {
  return proxy_get_status(receivedNumberAt(), receivedData(), receivedLength());
}
