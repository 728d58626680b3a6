import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_done")
declare function proxy_done(): Status;

/**
 * Lets the host finish the active context, after `proxy_on_done` has returned false.
 *
 * @returns `Ok`; `NotFound` if the context is not waiting for it. Specification, "proxy_done"
 */
export function done(): Status {
  return proxy_done();
}

// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
declare function proxy_set_effective_context(context: u32): Status;

/**
 * Makes another context the effective one for the rest of the callback.
 *
 * @param context its id
 * @returns `Ok`; `BadArgument` for an unknown one. Specification, "proxy_set_effective_context"
 */
export function setEffectiveContext(context: u32): Status {
  return proxy_set_effective_context(context);
}
