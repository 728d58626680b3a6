import type { AsyncHost } from "./async-host.ts";
import type { Host } from "./host.ts";

type Method<Name extends "httpCall" | "grpcCall" | "grpcStream"> = (
  host: Host,
  ...given: Parameters<AsyncHost[Name]>
) => ReturnType<AsyncHost[Name]>;

/** The call-outs that a build has for `await`. */
export const hostMethods: {
  httpCall?: Method<"httpCall">;
  grpcCall?: Method<"grpcCall">;
  grpcStream?: Method<"grpcStream">;
} = {};
