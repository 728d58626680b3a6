import { borrow, Bytes, unborrow } from "./bytes";
import { receivedData, receivedLength } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
declare function proxy_call_foreign_function(
  name: usize, nameSize: i32, parameters: usize, parametersSize: i32, data: usize, size: usize,
): Status;

/**
 * Calls a function that the host has beyond the specification, such as Envoy's `compress`; what it gives is in {@link
 * received}. A host that calls back does so with `proxy_on_foreign_function(root, function, size)`, arguments in the
 * buffer `ForeignFunctionArguments`.
 *
 * @param name the function's
 * @param parameters as it takes them, text or {@link Bytes}
 * @returns `Ok`; `NotFound` where there is no such function; else what the function returns. Specification,
 *   "proxy_call_foreign_function"
 */
export function callForeignFunction<P>(name: Bytes, parameters: P): Status {
  const bytes = borrow<P>(parameters);
  const status = proxy_call_foreign_function(
    name.data, name.length, bytes.data, bytes.length, receivedData(), receivedLength(),
  );
  unborrow<P>(bytes);
  return status;
}
