import { StreamType } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Lets a paused request or response go on, once the running callback has returned.
 *
 * @returns OK, also where nothing is paused; UNIMPLEMENTED for `upstream`; BAD_ARGUMENT for an unknown stream
 */
const continueStream = hostFunction(ENV_FUNCTIONS.proxy_continue_stream, (vm) => (type) => {
  if (type >>> 0 > StreamType.upstream) return Status.BAD_ARGUMENT;
  if (type === StreamType.upstream) return Status.UNIMPLEMENTED;
  vm.context.continueStream(type);
  return Status.OK;
});

/**
 * Cuts the stream off: the client's connection is closed. `downstream` and `upstream` are for TCP.
 *
 * @returns OK, also where there is nothing to close; BAD_ARGUMENT for an unknown stream
 */
const closeStream = hostFunction(ENV_FUNCTIONS.proxy_close_stream, (vm) => (type) => {
  if (type >>> 0 > StreamType.upstream) return Status.BAD_ARGUMENT;
  vm.context.closeStream(type);
  return Status.OK;
});

/**
 * Makes the host calls that follow in this callback act on another context.
 *
 * @returns OK; BAD_ARGUMENT if there is none of that id
 */
const setEffectiveContext = hostFunction(
  ENV_FUNCTIONS.proxy_set_effective_context,
  (vm) => (id) => (vm.setEffectiveContext(id) ? Status.OK : Status.BAD_ARGUMENT),
);

/**
 * Tells that a root context which answered `proxy_on_done` with false is done now.
 *
 * @returns OK; NOT_FOUND if it did not
 */
const done = hostFunction(ENV_FUNCTIONS.proxy_done, (vm) => () => (vm.context.done() ? Status.OK : Status.NOT_FOUND));

export const streamFunctions = [continueStream, closeStream, setEffectiveContext, done];
