import * as wit from "proxy-wasm:filter/host@0.2.1";
import type { Header, Host, Result } from "@wasm-header-filter/filter-js/guest";

const { keepCallback, ...functions } = wit;

export { keepCallback };

/** The guest API's host functions, which are the component's imports if types and failures agree. */
export const host = {
  ...functions,
  internName: (name: string) => wit.internName(name.toWellFormed()),
  internHeaders: (headers: readonly Header[]) => wit.internHeaders(texts(headers)),
  log: (level: number, message: string) => wit.log(level, message.toWellFormed()),
  getHeader: (map: number, name: number) => result(wit.getHeader(map, name)),
  getHeaders: (map: number) => result(wit.getHeaders(map)),
  addHeader: (map: number, name: number, value: string) => wit.addHeader(map, name, value.toWellFormed()),
  replaceHeader: (map: number, name: number, value: string) => wit.replaceHeader(map, name, value.toWellFormed()),
  defineMetric: (kind: number, name: string) => result(wit.defineMetric(kind, name.toWellFormed())),
  getMetric: (metric: number) => result(wit.getMetric(metric)),
  getProperty: (path: readonly string[]) => result(wit.getProperty(path.map((segment) => segment.toWellFormed()))),
  getBuffer: (buffer: number, start: number, length: number) => result(wit.getBuffer(buffer, start, length)),
  sendLocalResponse: (httpStatus: number, headers: readonly Header[], body: string) =>
    wit.sendLocalResponse(httpStatus, texts(headers), body.toWellFormed()),
} as unknown as Host;

function result<T>(answer: { status: number; value: T }): Result<T> {
  return (answer.status === 0 ? answer : { status: answer.status }) as Result<T>;
}

/** A string with a lone surrogate cannot be encoded as UTF-8, and would end the VM. */
function texts(headers: readonly Header[]): [string, string][] {
  return headers.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]);
}
