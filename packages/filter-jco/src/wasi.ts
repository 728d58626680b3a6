/**
 * WASI functions that an engine links but a filter never reaches, or that a proxy has no answer for: calling one ends the VM. All others
 * must be in the adapter.
 */
const REFUSED = [
  /^wasi:cli\/exit#/,
  /^wasi:clocks\/monotonic-clock#subscribe-/,
  /^wasi:filesystem\/types#/,
  /^wasi:io\/poll#poll$/,
  // The QuickJS backend reads modules with it, while the component is built.
  /^local:init\/module-loader#/,
];

/** Whether a component's import (interface without version, "#", function) is left to a trap. */
export function isRefused(name: string): boolean {
  return REFUSED.some((pattern) => pattern.test(name));
}

/**
 * The adapter's function for a component's import: "wasi:io/streams@0.2.12", "[method]output-stream.write" is
 * `wasi_io_streams_output_stream_write`; of the filter's own package only the interface's name counts.
 */
export function adapterName(wit: string, func: string): string {
  const place = withoutVersion(wit).replace(/^proxy-wasm:filter\//, "");
  return `${place}_${func.replace(/^\[\w+\]/, "")}`.replace(/[^a-z0-9]/gi, "_");
}

export function withoutVersion(wit: string): string {
  return wit.replace(/@.*$/, "");
}
