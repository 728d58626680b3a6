export { command, run } from "./command.ts";
export { Failure, oneLine, UsageError } from "./errors.ts";
export { readInput } from "./input.ts";
export { byteSize, type HostPort, hostPort, keyValue, namedUrl, upstreamUrl } from "./options.ts";
export { palette } from "./palette.ts";
