declare module "core-js-pure/actual/url" {
  const url: typeof globalThis.URL;
  export default url;
}

declare module "core-js-pure/actual/url-search-params" {
  const parameters: typeof globalThis.URLSearchParams;
  export default parameters;
}

declare module "@ungap/structured-clone" {
  export function serialize(value: unknown): unknown[];
  export function deserialize(records: unknown[]): unknown;
}
