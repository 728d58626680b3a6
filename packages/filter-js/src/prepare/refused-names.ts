const CALL_OUT = "call a cluster with httpCall";
const LOCAL_RESPONSE = "answer the client with respond or sendLocalResponse";
const NO_PAGE = "a filter runs in a proxy, not in a page";
const SHARED = "keep data with getSharedData and setSharedData";
const ONE_THREAD = "a filter has one thread; other VMs are reached by queues (enqueue) and shared data";
const BYTES = "use Uint8Array, TextEncoder and TextDecoder";
const NO_LOCALES = "an engine has no locales: format numbers and dates in the filter, and compare strings with < and >";
const NO_STREAMS = "a body is read with getBuffer in onRequestBody and onResponseBody";
const IMPORT = "import what the filter needs: the build bundles it";
const CONFIGURATION = "read what can be configured with getBuffer(BufferType.PluginConfiguration, …) in onConfigure";
const NO_EVENTS = "pass a function instead";

/** Names of browsers and of Node that no filter has, with what to use instead. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  [CALL_OUT]: ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "RTCPeerConnection"],
  [LOCAL_RESPONSE]: ["Request", "Response", "Headers", "FormData"],
  [NO_PAGE]: ["document", "window", "self", "navigator", "location", "history", "alert", "HTMLElement", "DOMParser"],
  [SHARED]: ["localStorage", "sessionStorage", "indexedDB", "caches"],
  [ONE_THREAD]: ["Worker", "SharedWorker", "ServiceWorker", "MessageChannel", "BroadcastChannel", "Atomics"],
  [BYTES]: ["Buffer", "Blob", "File", "FileReader"],
  [NO_LOCALES]: ["Intl"],
  [NO_STREAMS]: [
    "ReadableStream",
    "WritableStream",
    "TransformStream",
    "TextDecoderStream",
    "TextEncoderStream",
    "CompressionStream",
    "DecompressionStream",
  ],
  [IMPORT]: ["require", "__dirname", "__filename", "WebAssembly", "importScripts"],
  [CONFIGURATION]: ["process"],
  [NO_EVENTS]: ["Event", "EventTarget", "CustomEvent", "AbortController", "AbortSignal"],
  "use queueMicrotask, or setTickPeriod with onTick": [
    "setImmediate",
    "requestAnimationFrame",
    "requestIdleCallback",
    "scheduler",
  ],
  "use globalThis": ["global"],
};

const INSTEAD: ReadonlyMap<string, string> = new Map(
  Object.entries(REFUSED).flatMap(([instead, names]) => names.map((name) => [name, instead] as const)),
);

/** What to use instead of a global name that no filter has; undefined for every other name. */
export function insteadOf(name: string): string | undefined {
  return INSTEAD.get(name);
}

/** What to use instead of Node's modules, by their names without `node:`. */
const MODULES: Readonly<Record<string, string>> = {
  assert: "throw an Error",
  buffer: BYTES,
  child_process: "a filter can't start processes: call a service with httpCall",
  cluster: ONE_THREAD,
  crypto: "use the global crypto (crypto.subtle, crypto.getRandomValues, crypto.randomUUID)",
  dgram: CALL_OUT,
  dns: "clusters resolve names: call one with httpCall",
  fs: "a filter has no files: pass data in the plugin's configuration",
  http: CALL_OUT,
  http2: CALL_OUT,
  https: CALL_OUT,
  net: CALL_OUT,
  os: CONFIGURATION,
  path: "a filter has no files; for URLs use URL",
  perf_hooks: "use the global performance",
  process: CONFIGURATION,
  querystring: "use URLSearchParams",
  stream: NO_STREAMS,
  string_decoder: "use TextDecoder with { stream: true }",
  timers: "use setTickPeriod with onTick",
  tls: CALL_OUT,
  url: "use the global URL",
  util: "use TextEncoder, TextDecoder and structuredClone, which are global",
  worker_threads: ONE_THREAD,
  zlib: 'use Envoy\'s own functions: callForeignFunction(host, "uncompress", bytes)',
};

/**
 * What to use instead of a module of Node's.
 *
 * @param module its name, with or without `node:`, and a path in it (`fs/promises`)
 */
export function insteadOfModule(module: string): string {
  const name = module.replace(/^node:/, "").replace(/\/.*$/, "");
  return Object.hasOwn(MODULES, name) ? (MODULES[name] as string) : "a filter has ECMAScript and the guest API";
}
