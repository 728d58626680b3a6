/**
 * The stream callbacks by their names in the guest API, in the order of their bits in the result of the component's `callbacks`. A module
 * exports those that its filter defines.
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

/** The bit of a filter that has a state for each stream. */
export const PER_STREAM = 30;

/** The bit of every valid filter, which need not have stream callbacks. */
export const DEFINED = 29;

/** The exports of every module. */
export const ALWAYS = [
  "memory",
  "malloc",
  "proxy_abi_version_0_2_1",
  "proxy_on_context_create",
  "proxy_on_configure",
  "proxy_on_delete",
];

/**
 * Returns the exports of a filter's module.
 *
 * @param bits the result of the component's `callbacks`
 */
export function exportsOf(bits: number): Set<string> {
  const defined = streamCallbacks.filter((_, bit) => (bits & (1 << bit)) !== 0);
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new Set([...ALWAYS, ...defined.map((name) => `proxy_${snake(name)}`)]);
}
