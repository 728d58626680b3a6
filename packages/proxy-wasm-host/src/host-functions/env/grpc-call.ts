import { utf8 } from "../../abi/bytes.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { decodePairs } from "../../abi/pairs.ts";
import { Status } from "../../abi/status.ts";
import type { GrpcMethod } from "../../vm/root.ts";
import type { Memory } from "../../wasm/memory.ts";
import { hostFunction } from "../host-function.ts";

/** What the first eight parameters point to; undefined if one of them is out of bounds. */
function methodAt(memory: Memory, values: readonly number[]): GrpcMethod | undefined {
  const [target, service, method, metadata] = [0, 2, 4, 6].map((at) =>
    memory.bytes(values[at] as number, values[at + 1] as number),
  );
  if (!target || !service || !method || !metadata) return undefined;
  return { target, service: utf8(service), method: utf8(method), metadata: decodePairs(metadata) };
}

/**
 * Calls a method with one message and one response. The root context gets the response in `proxy_on_grpc_receive`, or the reason
 * of a failure in `proxy_on_grpc_close`.
 *
 * @returns OK and the call's token; PARSE_FAILURE for an upstream that is neither a GrpcService nor a cluster's name;
 * INTERNAL_FAILURE for an unknown cluster, which `proxy_on_grpc_close` reports too; INVALID_MEMORY_ACCESS
 */
const grpcCall = hostFunction(ENV_FUNCTIONS.proxy_grpc_call, (vm) => (...values: number[]) => {
  const method = methodAt(vm.memory, values);
  const [at, size, timeout, tokenAt] = values.slice(8) as [number, number, number, number];
  const bytes = vm.memory.bytes(at, size);
  if (!method || !bytes) return Status.INVALID_MEMORY_ACCESS;
  const made = vm.context.root?.grpcCalls.call(method, bytes, timeout >>> 0) ?? Status.INTERNAL_FAILURE;
  if (typeof made === "number") return made;
  return vm.memory.writeU32(tokenAt, made.token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

/**
 * Opens a stream. Callbacks of the root context report initial metadata, each message, trailing metadata and the end.
 *
 * @returns as {@link grpcCall}
 */
const grpcStream = hostFunction(ENV_FUNCTIONS.proxy_grpc_stream, (vm) => (...values: number[]) => {
  const method = methodAt(vm.memory, values);
  if (!method) return Status.INVALID_MEMORY_ACCESS;
  const made = vm.context.root?.grpcCalls.stream(method) ?? Status.INTERNAL_FAILURE;
  if (typeof made === "number") return made;
  return vm.memory.writeU32(values[8] as number, made.token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

/**
 * Sends a message on a stream.
 *
 * @returns OK, even if the stream has ended; NOT_FOUND for an unknown stream; BAD_ARGUMENT for a token of another kind;
 * INVALID_MEMORY_ACCESS
 */
const send = hostFunction(ENV_FUNCTIONS.proxy_grpc_send, (vm) => (token, at, size, end) => {
  const bytes = vm.memory.bytes(at, size);
  if (!bytes) return Status.INVALID_MEMORY_ACCESS;
  return vm.context.root?.grpcCalls.send(token >>> 0, bytes, end !== 0) ?? Status.NOT_FOUND;
});

/**
 * Half-closes a stream; cancels a call.
 *
 * @returns OK; NOT_FOUND; BAD_ARGUMENT for what cannot be a token
 */
const close = hostFunction(
  ENV_FUNCTIONS.proxy_grpc_close,
  (vm) => (token) => vm.context.root?.grpcCalls.close(token >>> 0) ?? Status.NOT_FOUND,
);

/**
 * Cancels a call or a stream; no callback follows.
 *
 * @returns OK; NOT_FOUND; BAD_ARGUMENT for what cannot be a token
 */
const cancel = hostFunction(
  ENV_FUNCTIONS.proxy_grpc_cancel,
  (vm) => (token) => vm.context.root?.grpcCalls.cancel(token >>> 0) ?? Status.NOT_FOUND,
);

export const grpcCallFunctions = [grpcCall, grpcStream, send, close, cancel];
