import { parameter, result } from "../abi/parameters.ts";
import { Status } from "../abi/status.ts";
import { hostFunction } from "../host-function.ts";

const service = [
  parameter("upstream", "bytes"),
  parameter("service", "text"),
  parameter("method", "text"),
  parameter("metadata", "pairs"),
];
const call = parameter("call", "u32");
const unimplemented = () => () => Status.UNIMPLEMENTED;

/** gRPC call-outs, which are not there yet: each returns UNIMPLEMENTED, so that modules which import them load. */
export const grpcCallFunctions = [
  hostFunction(
    "proxy_grpc_call",
    [...service, parameter("message", "bytes"), parameter("timeout", "u32"), result("call", "u32")],
    unimplemented,
  ),
  hostFunction("proxy_grpc_stream", [...service, result("call", "u32")], unimplemented),
  hostFunction(
    "proxy_grpc_send",
    [call, parameter("message", "bytes"), parameter("end_of_stream", "u32")],
    unimplemented,
  ),
  hostFunction("proxy_grpc_close", [call], unimplemented),
  hostFunction("proxy_grpc_cancel", [call], unimplemented),
];
