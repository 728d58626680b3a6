import { grpcAnswer, grpcMessages } from "./async-grpc.ts";
import { hostMethods } from "./host-methods.ts";

// The build evaluates this file before filters that name the host's `grpcCall` or `grpcStream`.
hostMethods.grpcCall = grpcAnswer;
hostMethods.grpcStream = grpcMessages;
