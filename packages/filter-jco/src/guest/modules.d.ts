/** The WIT interface `host`, as both engines present it to JavaScript; see `wit/filter.wit`. */
declare module "proxy-wasm:filter/host@0.2.1" {
  type Answer<T> = { status: number; value: T };
  type Headers = [name: string, value: string][];

  export function internName(name: string): number;
  export function internHeaders(headers: Headers): number;
  export function keepCallback(callback: number, offered: unknown): number;
  export function log(level: number, message: string): number;
  export function hasHeader(map: number, name: number): number;
  export function getHeader(map: number, name: number): Answer<string>;
  export function getHeaders(map: number): Answer<Headers>;
  export function addHeaders(map: number, headers: number): number;
  export function addHeader(map: number, name: number, value: string): number;
  export function replaceHeader(map: number, name: number, value: string): number;
  export function removeHeader(map: number, name: number): number;
  export function defineMetric(kind: number, name: string): Answer<number>;
  export function incrementMetric(metric: number, by: number): number;
  export function recordMetric(metric: number, value: number): number;
  export function getMetric(metric: number): Answer<number>;
  export function getProperty(path: string[]): Answer<Uint8Array>;
  export function getBuffer(buffer: number, start: number, length: number): Answer<Uint8Array>;
  export function setBuffer(buffer: number, start: number, length: number, bytes: Uint8Array): number;
  export function sendLocalResponse(httpStatus: number, headers: Headers, body: string): number;
}

/** The WIT interface `calls`. */
declare module "proxy-wasm:filter/calls@0.2.1" {
  export function call(
    which: number,
    first: number,
    second: number,
    bytes: Uint8Array[],
  ): [status: number, value: number, bytes: Uint8Array];
}

/** The filter to build: the file's default export. */
declare module "filter:definition" {
  const definition: unknown;
  export default definition;
}
