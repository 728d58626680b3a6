/**
 * The stream callbacks that a module exports only if its filter defines them. The place in this list is the bit in what the component's
 * `callbacks` answers; the WIT function is the kebab-case name, the module's export `proxy_` and the snake-case one.
 */
export const streamCallbacks = [
  "onRequestHeaders",
  "onRequestBody",
  "onRequestTrailers",
  "onResponseHeaders",
  "onResponseBody",
  "onResponseTrailers",
  "onLog",
] as const;

/** The bit of a filter that keeps something for each stream. */
export const PER_STREAM = 30;

/** What every module exports. */
const always = [
  "memory",
  "proxy_abi_version_0_2_1",
  "proxy_on_memory_allocate",
  "proxy_on_context_create",
  "proxy_on_configure",
  "proxy_on_delete",
];

/**
 * The exports of a filter's module.
 *
 * @param bits what the component's `callbacks` answered
 */
export function exportsOf(bits: number): Set<string> {
  const defined = streamCallbacks.filter((_, bit) => (bits & (1 << bit)) !== 0);
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new Set([...always, ...defined.map((name) => `proxy_${snake(name)}`)]);
}
