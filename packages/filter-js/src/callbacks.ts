/** A callback of the ABI: its name, as the dispatcher and `proxy_on_*` have it, the number of its parameters, and whether it has a result. */
export interface Callback {
  readonly name: string;
  readonly parameters: number;
  readonly result: boolean;
}

const callback = (name: string, parameters: number, result: boolean): Callback => ({ name, parameters, result });

/** All of ABI 0.2.1 that Envoy calls, without HTTP/2's metadata, in the order of their numbers in the engines. */
export const CALLBACKS: readonly Callback[] = [
  callback("onVmStart", 2, true),
  callback("onConfigure", 2, true),
  callback("onTick", 1, false),
  callback("onQueueReady", 2, false),
  callback("onForeignFunction", 3, false),
  callback("onHttpCallResponse", 5, false),
  callback("onGrpcReceive", 3, false),
  callback("onGrpcClose", 3, false),
  callback("onGrpcReceiveInitialMetadata", 3, false),
  callback("onGrpcReceiveTrailingMetadata", 3, false),
  callback("onContextCreate", 2, false),
  callback("onRequestHeaders", 3, true),
  callback("onRequestBody", 3, true),
  callback("onRequestTrailers", 2, true),
  callback("onResponseHeaders", 3, true),
  callback("onResponseBody", 3, true),
  callback("onResponseTrailers", 2, true),
  callback("onNewConnection", 1, true),
  callback("onDownstreamData", 3, true),
  callback("onUpstreamData", 3, true),
  callback("onDownstreamConnectionClose", 2, false),
  callback("onUpstreamConnectionClose", 2, false),
  callback("onDone", 1, true),
  callback("onLog", 1, false),
  callback("onDelete", 1, false),
];

/** What a bundle has that needs the dispatcher: a function beyond `Host`, random numbers, or a callback beyond those of HTTP. */
const BEYOND =
  /\b(?:hostCall|randomWord)\b|\bon(?:VmStart|Tick|QueueReady|ForeignFunction|NewConnection|DownstreamData|UpstreamData|DownstreamConnectionClose|UpstreamConnectionClose|Done|PluginDone)\b/;

/** What a bundle has that needs tasks: code that runs later than the callback that began it. */
const LATER =
  /\b(?:async|await|Promise|queueMicrotask|setTimeout|setInterval)\b|\.(?:httpCall|grpcCall|grpcStream|onPlugin)\b/;

/** What a bundle has that may deny streams. */
const DENIES = /\bonError\b(?!:"continue")/;

/** The files that a build evaluates before an asynchronous filter, and what it has that needs them. */
const INSTALLS: readonly (readonly [file: string, needed: RegExp])[] = [
  ["install-promise", LATER],
  ["install-timers", /\b(?:setTimeout|setInterval|waitLimit)\b/],
  ["install-http", /\bhttpCall\b/],
  ["install-grpc", /\bgrpc(?:Call|Stream)\b/],
];

/** The files of this package that a build evaluates before a filter. @param script the bundled filter, without anything of the engine's */
export function installs(script: string): string[] {
  const all = [...(isAsynchronous(script) ? INSTALLS : []), ["install-deny", DENIES] as const];
  return all.flatMap(([file, needed]) => (needed.test(script) ? [file] : []));
}

/**
 * Whether a filter is asynchronous: it needs the dispatcher of those. One that only seems to works, too.
 *
 * @param script the bundled filter, without anything of the engine's
 */
export function isAsynchronous(script: string): boolean {
  return LATER.test(script);
}

/**
 * Whether a filter needs the dispatcher, which costs its requests more than the engines' own callbacks. One that only seems to works, too.
 *
 * @param script the bundled filter, without the dispatcher
 */
export function needsDispatcher(script: string): boolean {
  return BEYOND.test(script) || DENIES.test(script);
}

/** Whether a filter takes random numbers from the host. @param script the bundled filter */
export function needsRandom(script: string): boolean {
  return /\brandomWord\b/.test(script);
}

/**
 * Returns the exports of a module whose filter has the dispatcher.
 *
 * @param bits what the dispatcher says that the filter defines
 * @param script the bundled filter: which call-outs it makes, only the text tells
 */
export function dispatchedExports(bits: number, script: string): { name: string; callback: Callback; index: number }[] {
  const http = /\.HttpCall\b/.test(script);
  const grpc = /\.Grpc(?:Call|Stream)\b/.test(script);
  const ticks = /\btimersOf\b/.test(script);
  return CALLBACKS.flatMap((callback, index) => {
    if (ticks && callback.name === "onTick") return [{ name: exportName(callback.name), callback, index }];
    const answers = (http && callback.name === "onHttpCallResponse") || (grpc && callback.name.startsWith("onGrpc"));
    if (!answers && (bits & (1 << index)) === 0) return [];
    return [{ name: exportName(callback.name), callback, index }];
  });
}

function exportName(name: string): string {
  return `proxy_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
