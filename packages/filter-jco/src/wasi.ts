/**
 * WASI functions that an engine links but a filter never calls, or that a proxy cannot provide: calling one ends the VM. The adapter must
 * have all others.
 */
const REFUSED = [
  /^wasi:cli\/exit#/,
  /^wasi:clocks\/monotonic-clock#subscribe-/,
  /^wasi:filesystem\/types#/,
  /^wasi:io\/poll#poll$/,
  /^wasi:io\/streams#\[method\]input-stream\./,
  // The QuickJS backend reads modules with it while it builds the component.
  /^local:init\/module-loader#/,
];

/** Whether a component's import (interface without version, "#", function) traps. */
export function isRefused(name: string): boolean {
  return REFUSED.some((pattern) => pattern.test(name));
}

/**
 * Returns the name of the adapter's function for a component's import: "wasi:io/streams@0.2.12", "[method]output-stream.write" is
 * `wasi_io_streams_output_stream_write`; for the filter's own package, only the interface's name is used.
 */
export function adapterName(wit: string, func: string): string {
  const place = withoutVersion(wit).replace(/^proxy-wasm:filter\//, "");
  return `${place}_${func.replace(/^\[\w+\]/, "")}`.replace(/[^a-z0-9]/gi, "_");
}

export function withoutVersion(wit: string): string {
  return wit.replace(/@.*$/, "");
}
