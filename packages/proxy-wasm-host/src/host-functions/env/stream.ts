import { StreamType } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { warnOfEnding, warnOfResuming } from "../../vm/ending-calls.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Resumes a paused request or response, once the running callback has returned.
 *
 * @returns OK, even if nothing is paused; UNIMPLEMENTED for `upstream`; BAD_ARGUMENT for an unknown stream
 */
const continueStream = hostFunction(ENV_FUNCTIONS.proxy_continue_stream, (vm) => (type) => {
  if (type >>> 0 > StreamType.upstream) return Status.BAD_ARGUMENT;
  if (type === StreamType.upstream) return Status.UNIMPLEMENTED;
  warnOfResuming(vm, type);
  vm.context.continueStream(type);
  return Status.OK;
});

/**
 * Aborts the stream: the client's connection is closed. `downstream` and `upstream` are for TCP.
 *
 * @returns OK, even if there is nothing to close; BAD_ARGUMENT for an unknown stream
 */
const closeStream = hostFunction(ENV_FUNCTIONS.proxy_close_stream, (vm) => (type) => {
  if (type >>> 0 > StreamType.upstream) return Status.BAD_ARGUMENT;
  warnOfEnding(vm, "proxy_close_stream", type);
  vm.context.closeStream(type);
  return Status.OK;
});

/**
 * Makes the following host calls of this callback act on another context.
 *
 * @returns OK; BAD_ARGUMENT if there is none with that id
 */
const setEffectiveContext = hostFunction(
  ENV_FUNCTIONS.proxy_set_effective_context,
  (vm) => (id) => (vm.setEffectiveContext(id) ? Status.OK : Status.BAD_ARGUMENT),
);

/**
 * Finishes a root context that returned false from `proxy_on_done`.
 *
 * @returns OK; NOT_FOUND if it did not
 */
const done = hostFunction(ENV_FUNCTIONS.proxy_done, (vm) => () => (vm.context.done() ? Status.OK : Status.NOT_FOUND));

export const streamFunctions = [continueStream, closeStream, setEffectiveContext, done];
