export { command, run } from "./command.ts";
export { Failure, oneLine, UsageError } from "./errors.ts";
export { isFolder, readInput } from "./input.ts";
export {
  byteSize,
  count,
  duration,
  type HostPort,
  hostPort,
  http2UpstreamUrl,
  keyValue,
  namedPattern,
  namedUrl,
  upstreamUrl,
} from "./options.ts";
export { outputError } from "./output.ts";
export { palette } from "./palette.ts";
