/**
 * The stream callbacks, by name in the guest API, with their names in the WIT world. A module exports those that its filter defines. The
 * place in this list is the bit in what the component's `callbacks` answers.
 */
export const streamCallbacks = [
  ["onRequestHeaders", "qh"],
  ["onRequestBody", "qb"],
  ["onRequestTrailers", "qt"],
  ["onResponseHeaders", "rh"],
  ["onResponseBody", "rb"],
  ["onResponseTrailers", "rt"],
  ["onLog", "lg"],
] as const;

/** All that the component exports, as JavaScript's names. */
export const componentExports = [
  "callbacks",
  "onConfigure",
  "onPluginEnd",
  "select",
  "onStream",
  "onStreamEnd",
  ...streamCallbacks.map(([, short]) => short),
];

/** The bit of a filter that keeps something for each stream. */
export const PER_STREAM = 30;

/** What every module exports. */
const always = [
  "memory",
  "proxy_abi_version_0_2_1",
  "malloc",
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
  const defined = streamCallbacks.filter((_, bit) => (bits & (1 << bit)) !== 0).map(([name]) => name);
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new Set([...always, ...defined.map((name) => `proxy_${snake(name)}`)]);
}
