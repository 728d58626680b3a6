import { borrow, Bytes, unborrow } from "./bytes";
import { receivedData, receivedLength } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
declare function proxy_call_foreign_function(
  name: usize, nameSize: i32, parameters: usize, parametersSize: i32, data: usize, size: usize,
): Status;

/**
 * Calls a function that is not part of the specification, such as Envoy's `compress`; its result is in {@link
 * received}. A host calls back with `proxy_on_foreign_function(root, function, size)`, arguments in the
 * buffer `ForeignFunctionArguments`.
 *
 * @param name the function's name
 * @param parameters its arguments, text or {@link Bytes}
 * @returns `Ok`; `NotFound` if there is no such function; otherwise the function's own status. Specification,
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
